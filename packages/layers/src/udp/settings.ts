import { token } from '@netwright/core';
import { z } from 'zod';

const port = z.int().min(1).max(65535);

/** What a stack may choose about UDP. */
export const udpSettings = z
  .strictObject({
    checksum: z.boolean().default(true).describe('outgoing datagrams carry a checksum; over IPv6 they always do'),
    requireChecksum: z
      .boolean()
      .default(false)
      .describe('discard datagrams without a checksum (RFC 1122 section 4.1.3.4 leaves it to us)'),
    firstPort: port
      .default(1024)
      .describe('the first ephemeral port (RFC 6056 section 3.2: the wider the range the better)'),
    lastPort: port.default(65535).describe('the last ephemeral port'),
    maxSockets: z.int().min(1).default(65536).describe('sockets that may be open'),
  })
  .refine((each) => each.firstPort <= each.lastPort, { error: 'firstPort is above lastPort', path: ['firstPort'] });

/** Options of the udp layer; what is left out has its default. */
export type UdpOptions = z.input<typeof udpSettings>;
/** The same with its defaults. */
export type UdpSettings = z.infer<typeof udpSettings>;

/** Options of the udp layer. */
export const UDP_OPTIONS = token<UdpOptions>('udp.options');
