import { token } from '@netwright/core';
import { z } from 'zod';

/** What a stack may choose about ICMPv6. */
export const icmpv6Settings = z.strictObject({
  echo: z.boolean().default(true).describe('answer echo requests that are addressed to us'),
  echoGroups: z
    .boolean()
    .default(true)
    .describe('answer those that are addressed to a group of ours, too (RFC 4443 section 4.2)'),
  errors: z.boolean().default(true).describe('tell senders about packets that cannot be taken or passed on'),
  rate: z.number().min(0).default(1).describe('errors per ms in the long run (RFC 4443 section 2.4 (f))'),
  burst: z.int().min(1).default(50).describe('errors at once'),
  quote: z
    .int()
    .min(48)
    .max(1232)
    .default(1232)
    .describe('bytes of a packet that an error quotes: 1232 fills a packet of 1280 (RFC 4443 section 2.4 (c))'),
  pings: z.int().min(1).max(65536).default(1024).describe('echo requests that may wait for their replies'),
});

/** Options of the icmpv6 layer; what is left out has its default. */
export type Icmpv6Options = z.input<typeof icmpv6Settings>;
/** The same with its defaults. */
export type Icmpv6Settings = z.infer<typeof icmpv6Settings>;

/** Options of the icmpv6 layer. */
export const ICMPV6_OPTIONS = token<Icmpv6Options>('icmpv6.options');
