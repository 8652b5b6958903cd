import { IpAddress, token } from '@netwright/core';
import { z } from 'zod';

const address = z.string().refine((text) => IpAddress.parse(text) !== undefined, 'not an address');
const port = z.int().min(1).max(65535);
const seconds = z.number().min(0);

/** What a stack may choose about looking up names. */
export const dnsSettings = z.strictObject({
  servers: z
    .array(z.union([address, z.strictObject({ address, port: port.default(53) })]))
    .default([])
    .describe('name servers, in the order in which they are asked'),
  rotate: z.boolean().default(false).describe('begin with the next server each time, instead of the first'),
  timeout: z.number().positive().default(2000).describe('ms to wait for a server; twice as long in each further round'),
  attempts: z.int().min(1).max(10).default(3).describe('rounds over all servers'),
  search: z.array(z.string()).default([]).describe('domains that a short name may lie in'),
  dots: z.int().min(0).default(1).describe('dots from which on a name is tried as it is before the search domains'),
  hosts: z
    .record(z.string(), z.union([address, z.array(address)]))
    .default({})
    .describe('names that need no server'),
  order: z
    .enum(['ipv4', 'ipv6', 'rfc6724'])
    .default('ipv4')
    .describe(
      'which addresses come first, where there is a way to both: those of one version, or what the rules and the policy table of RFC 6724 say',
    ),
  payloadSize: z
    .int()
    .min(0)
    .max(4096)
    .default(1232)
    .describe('bytes of a datagram announced by EDNS (RFC 6891); 0 for plain DNS'),
  idle: z
    .number()
    .min(0)
    .default(2000)
    .describe('ms for which a connection to a server is kept for further questions (RFC 7766 section 6.2.3)'),
  cache: z.int().min(0).default(1000).describe('answers kept'),
  maxTtl: seconds.default(86_400).describe('seconds for which an answer is kept at most'),
  maxNegativeTtl: seconds.default(10_800).describe('seconds for which an absence is kept at most (RFC 2308 section 5)'),
  maxQueries: z.int().min(1).default(256).describe('questions under way at once'),
});

/** Options of the dns layer; what is left out has its default. */
export type DnsOptions = z.input<typeof dnsSettings>;
/** The same with its defaults. */
export type DnsSettings = z.infer<typeof dnsSettings>;

/** Options of the dns layer. */
export const DNS_OPTIONS = token<DnsOptions>('dns.options');

/** What a server of names knows. */
export const dnsServerSettings = z.strictObject({
  records: z
    .array(
      z.strictObject({
        name: z.string(),
        type: z.string().default('A'),
        ttl: seconds.default(300),
        data: z.unknown(),
      }),
    )
    .default([])
    .describe('what it answers'),
  negativeTtl: seconds.default(60).describe('seconds for which an absence may be kept'),
  idle: z
    .number()
    .positive()
    .default(10_000)
    .describe('ms after which a connection on which nothing is asked is closed (RFC 7766 section 6.2.3)'),
});

/** Options of the dns-server layer; what is left out has its default. */
export type DnsServerOptions = z.input<typeof dnsServerSettings>;
/** The same with its defaults. */
export type DnsServerSettings = z.infer<typeof dnsServerSettings>;

/** Options of the dns-server layer. */
export const DNS_SERVER_OPTIONS = token<DnsServerOptions>('dns-server.options');
