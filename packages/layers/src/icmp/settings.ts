import { token } from '@netwright/core';
import { z } from 'zod';

/** What a stack may choose about ICMP. */
export const icmpSettings = z.strictObject({
  echo: z.boolean().default(true).describe('answer echo requests that are addressed to us'),
  errors: z.boolean().default(true).describe('tell senders about packets that cannot be taken or passed on'),
  rate: z.number().min(0).default(1).describe('errors per ms in the long run (RFC 1812 section 4.3.2.8)'),
  burst: z.int().min(1).default(50).describe('errors at once'),
  quote: z
    .int()
    .min(28)
    .max(548)
    .default(548)
    .describe('bytes of a packet that an error quotes: 548 fills a datagram of 576 (RFC 1812 section 4.3.2.3)'),
  pings: z.int().min(1).max(65536).default(1024).describe('echo requests that may wait for their replies'),
});

/** Options of the icmp layer; what is left out has its default. */
export type IcmpOptions = z.input<typeof icmpSettings>;
/** The same with its defaults. */
export type IcmpSettings = z.infer<typeof icmpSettings>;

/** Options of the icmp layer. */
export const ICMP_OPTIONS = token<IcmpOptions>('icmp.options');
