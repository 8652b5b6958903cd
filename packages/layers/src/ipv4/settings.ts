import { Cidr, IpAddress, token } from '@netwright/core';
import { z } from 'zod';
import { LOCAL_MTU } from '../ip/local.js';

const address = z.string().refine((text) => IpAddress.parse(text)?.version === 4, 'not an IPv4 address');
const network = z.string().refine((text) => Cidr.parse(text)?.address.version === 4, 'not an IPv4 network');

/** What a stack may choose about IPv4. */
export const ipv4Settings = z.strictObject({
  gateway: address.optional().describe('next hop of the default route'),
  gateways: z
    .array(address)
    .default([])
    .describe('further default gateways, in order of preference: the next one is taken when one does not answer'),
  redirects: z
    .boolean()
    .default(true)
    .describe('take a better next hop from the gateway that is in use (RFC 1122 section 3.2.2.2); a router never does'),
  redirected: z.int().positive().default(256).describe('destinations with a next hop of their own'),
  routes: z
    .array(
      z.strictObject({
        to: network.describe('destinations: 10.1.0.0/16'),
        via: address.optional().describe('next hop; left out: destinations are on the link'),
        interface: z.string().optional().describe('name of the interface; left out: the one whose network holds `via`'),
        metric: z.int().min(0).default(0).describe('lower wins among routes of one prefix length'),
        trafficClass: z
          .int()
          .min(0)
          .max(252)
          .multipleOf(4)
          .optional()
          .describe('the type of service (DSCP in the upper six bits) whose packets alone go there'),
      }),
    )
    .default([])
    .describe('static routes'),
  localMtu: z
    .int()
    .min(68)
    .max(65535)
    .default(LOCAL_MTU)
    .describe('bytes: the largest packet that the stack sends to itself'),
  forwarding: z.boolean().default(false).describe('carry packets for others between interfaces, as a router does'),
  sourceRoute: z
    .enum(['drop', 'accept'])
    .default('drop')
    .describe(
      'what becomes of received packets with a source route: they are dropped (RFC 7126 section 4.3), or taken where the route ends, and passed on by a router (RFC 1122 section 3.2.1.8)',
    ),
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
      floor: z.int().min(68).max(65535).default(552).describe('bytes below which no router can bring the path MTU'),
      age: z.number().positive().default(600_000).describe('ms after which a lowered path MTU is forgotten'),
      destinations: z.int().positive().default(1024).describe('destinations remembered'),
    })
    .prefault({}),
});

/** Options of the ipv4 layer; what is left out has its default. */
export type Ipv4Options = z.input<typeof ipv4Settings>;
/** The same with its defaults. */
export type Ipv4Settings = z.infer<typeof ipv4Settings>;

/** Options of the ipv4 layer. */
export const IPV4_OPTIONS = token<Ipv4Options>('ipv4.options');
