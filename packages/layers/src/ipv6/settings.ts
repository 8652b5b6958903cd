import { Cidr, IpAddress, token } from '@netwright/core';
import { z } from 'zod';
import { LOCAL_MTU } from '../ip/local.js';
import { DEFAULT_POLICIES } from '../ip/policy-table.js';

const address = z.string().refine((text) => IpAddress.parse(text)?.version === 6, 'not an IPv6 address');
const network = z.string().refine((text) => Cidr.parse(text)?.address.version === 6, 'not an IPv6 network');

/** What a stack may choose about IPv6. */
export const ipv6Settings = z.strictObject({
  gateway: address.optional().describe('next hop of the default route'),
  routes: z
    .array(
      z.strictObject({
        to: network.describe('destinations: fd00:1::/64'),
        via: address.optional().describe('next hop; left out: destinations are on the link'),
        interface: z.string().optional().describe('name of the interface; left out: the one whose network holds `via`'),
        metric: z.int().min(0).default(0).describe('lower wins among routes of one prefix length'),
      }),
    )
    .default([])
    .describe('static routes'),
  localMtu: z
    .int()
    .min(1280)
    .max(65535)
    .default(LOCAL_MTU)
    .describe('bytes: the largest packet that the stack sends to itself'),
  forwarding: z.boolean().default(false).describe('carry packets for others between interfaces, as a router does'),
  linkLocal: z
    .boolean()
    .default(true)
    .describe('give each interface an address fe80::/64 made of its hardware address (RFC 4291 appendix A)'),
  flowLabel: z
    .boolean()
    .default(true)
    .describe('draw a flow label for each connection (RFC 6437 section 3); 0 otherwise'),
  extensions: z.int().min(0).max(64).default(8).describe('extension headers of one packet that are looked at'),
  policies: z
    .array(
      z.strictObject({
        prefix: network.describe('addresses: 2001:db8::/32; ::ffff:0:0/96 are those of IPv4'),
        precedence: z.int().min(0).describe('destinations with more of it come first'),
        label: z.int().min(0).describe('sources go with destinations of the same label'),
      }),
    )
    .default([...DEFAULT_POLICIES])
    .describe('how addresses are chosen: the policy table of RFC 6724 section 2.1'),
  fragments: z
    .strictObject({
      timeout: z.number().positive().default(60_000).describe('ms to wait for the rest of a datagram'),
      memory: z.int().positive().default(2_097_152).describe('bytes of packet memory that fragments may hold'),
      datagrams: z.int().positive().default(256).describe('datagrams under reassembly'),
      perDatagram: z.int().positive().default(256).describe('fragments of one datagram'),
    })
    .prefault({}),
  pmtu: z
    .strictObject({
      age: z.number().positive().default(600_000).describe('ms after which a lowered path MTU is forgotten'),
      destinations: z.int().positive().default(1024).describe('destinations remembered'),
    })
    .prefault({}),
});

/** Options of the ipv6 layer; what is left out has its default. */
export type Ipv6Options = z.input<typeof ipv6Settings>;
/** The same with its defaults. */
export type Ipv6Settings = z.infer<typeof ipv6Settings>;

/** Options of the ipv6 layer. */
export const IPV6_OPTIONS = token<Ipv6Options>('ipv6.options');
