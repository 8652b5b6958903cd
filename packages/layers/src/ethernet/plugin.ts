import { definePlugin } from '@netwright/core';
import type { z } from 'zod';
import { Ethernet } from './layer.js';
import { ETHERNET_OPTIONS, ethernetSettings } from './settings.js';

/** Ethernet II with 802.1Q: the lowest layer, on the interfaces. */
export const ethernetPlugin = definePlugin<z.infer<typeof ethernetSettings>>({
  name: 'ethernet',
  version: '0.1.0',
  summary: 'Ethernet II with 802.1Q tags',
  options: ethernetSettings,
  layers: [Ethernet],
  bind: ({ bind, options }) => {
    bind(ETHERNET_OPTIONS).toConstantValue(options);
  },
});
