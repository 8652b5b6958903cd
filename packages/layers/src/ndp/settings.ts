import { Cidr, IpAddress, MacAddress, token } from '@netwright/core';
import { z } from 'zod';

const ms = z.number().positive();
const ipv6 = z.string().refine((text) => IpAddress.parse(text)?.version === 6, 'not an IPv6 address');
const network = z.string().refine((text) => Cidr.parse(text)?.address.version === 6, 'not an IPv6 network');

/** What a stack may choose about neighbour discovery; defaults are those of RFC 4861 section 10. */
export const ndpSettings = z.strictObject({
  retry: ms.default(1000).describe('ms between two solicitations (RetransTimer)'),
  attempts: z.int().min(1).max(20).default(3).describe('solicitations before a neighbour counts as unreachable'),
  reachable: ms.default(30_000).describe('ms for which an answer is trusted, on average (BaseReachableTime)'),
  delay: z
    .number()
    .min(0)
    .default(5000)
    .describe('ms for which a stale neighbour is used before it is asked: a transport may confirm it meanwhile'),
  expiry: ms.default(600_000).describe('ms after which an unused neighbour is forgotten'),
  limit: z.int().min(1).default(1024).describe('neighbours kept; beyond it the one unused for longest goes'),
  pending: z.int().min(1).default(128).describe('packets that wait for one neighbour; beyond it the oldest goes'),
  pendingTotal: z.int().min(1).default(512).describe('packets that wait for all neighbours together'),
  duplicates: z
    .int()
    .min(0)
    .max(10)
    .default(1)
    .describe('questions whether somebody else has an address of ours (DupAddrDetectTransmits); it is used meanwhile'),
  startDelay: z
    .number()
    .min(0)
    .default(0)
    .describe('ms: the first question at start leaves after a random time of up to so much (RFC 4861, RFC 4862: 1000)'),
  redirects: z.boolean().default(true).describe('take a better next hop from the router that is in use'),
  redirected: z.int().min(1).default(64).describe('destinations with a next hop of their own'),
  autoconfigure: z
    .boolean()
    .default(false)
    .describe('ask for routers and take addresses, routes and MTU from what they advertise (RFC 4862)'),
  routers: z.int().min(1).default(8).describe('default routers kept'),
  prefixes: z.int().min(1).default(16).describe('prefixes kept, and addresses made of them'),
  advertise: z
    .strictObject({
      prefixes: z.array(network).default([]).describe('what hosts may make addresses of: fd00:1::/64'),
      interface: z.string().optional().describe('name of the interface; left out: the first'),
      lifetime: z.int().min(0).max(9000).default(1800).describe('s for which hosts may use us as default router'),
      interval: ms.default(200_000).describe('ms between two advertisements that nobody asked for'),
      mtu: z.int().min(1280).max(65535).optional().describe('what hosts are told of the link'),
    })
    .optional()
    .describe('be a router that advertises itself; the ipv6 layer has to forward'),
  entries: z
    .array(z.strictObject({ address: ipv6, mac: z.string().refine((text) => MacAddress.parse(text) !== undefined) }))
    .default([])
    .describe('permanent neighbours'),
});

/** Options of the ndp layer; what is left out has its default. */
export type NdpOptions = z.input<typeof ndpSettings>;
/** The same with its defaults. */
export type NdpSettings = z.infer<typeof ndpSettings>;

/** Options of the ndp layer. */
export const NDP_OPTIONS = token<NdpOptions>('ndp.options');
