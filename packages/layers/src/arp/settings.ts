import { Cidr, IpAddress, MacAddress, token } from '@netwright/core';
import { z } from 'zod';

const ms = z.number().positive();
const ipv4 = z.string().refine((text) => IpAddress.parse(text)?.version === 4, 'not an IPv4 address');

/** What a stack may choose about ARP. */
export const arpSettings = z.strictObject({
  retry: ms.default(1000).describe('ms between two requests for one neighbour (RFC 1122: at most one a second)'),
  attempts: z.int().min(1).max(20).default(3).describe('requests before a neighbour counts as unreachable'),
  reachable: ms.default(30_000).describe('ms for which an answer, or a word of a transport, is trusted'),
  delay: z
    .number()
    .min(0)
    .default(5000)
    .describe('ms for which a stale neighbour is used before it is polled: a transport may confirm it meanwhile'),
  expiry: ms.default(600_000).describe('ms after which an unused neighbour is forgotten'),
  limit: z.int().min(1).default(1024).describe('neighbours kept; beyond it the one unused for longest goes'),
  pending: z.int().min(1).default(128).describe('packets that wait for one neighbour; beyond it the oldest goes'),
  pendingTotal: z.int().min(1).default(512).describe('packets that wait for all neighbours together'),
  probes: z
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe(
      'how often others are asked, at start, whether they have an address of ours (RFC 5227: 3, which takes 5 to 7 s)',
    ),
  announce: z
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('announcements of own addresses at start, 2 s apart; at least two where they were probed'),
  defend: z
    .enum(['always', 'once', 'never'])
    .default('always')
    .describe(
      'what becomes of an address that another station uses: it is kept, and announced once in 10 s; given up at the second conflict within 10 s; or given up at once (RFC 5227 section 2.4)',
    ),
  acceptUnsolicited: z.boolean().default(false).describe('learn unknown neighbours from packets not meant for us'),
  entries: z
    .array(z.strictObject({ address: ipv4, mac: z.string().refine((text) => MacAddress.parse(text) !== undefined) }))
    .default([])
    .describe('permanent neighbours'),
  proxy: z
    .array(z.string().refine((text) => Cidr.parse(text)?.address.version === 4, 'not an IPv4 network'))
    .default([])
    .describe('networks whose addresses are answered for with our hardware address'),
});

/** Options of the arp layer; what is left out has its default. */
export type ArpOptions = z.input<typeof arpSettings>;
/** The same with its defaults. */
export type ArpSettings = z.infer<typeof arpSettings>;

/** Options of the arp layer. */
export const ARP_OPTIONS = token<ArpOptions>('arp.options');
