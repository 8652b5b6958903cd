import { token } from '@netwright/core';
import { z } from 'zod';

/** What a stack may choose about Ethernet. */
export const ethernetSettings = z.strictObject({
  promiscuous: z.boolean().default(false).describe('take frames that are addressed to other stations, too'),
  vlan: z
    .record(z.string(), z.int().min(1).max(4094), {
      error: 'expected the VLAN id of each interface, such as { eth0: 42 }',
    })
    .default({})
    .describe('802.1Q VLAN id by interface name: its frames go out tagged, and only frames with this tag come in'),
});

/** Options of the ethernet layer; what is left out has its default. */
export type EthernetOptions = z.input<typeof ethernetSettings>;

/** Options of the ethernet layer. */
export const ETHERNET_OPTIONS = token<EthernetOptions>('ethernet.options');
