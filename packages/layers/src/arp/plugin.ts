import { definePlugin } from '@netwright/core';
import { Arp } from './layer.js';
import { ARP_OPTIONS, type ArpSettings, arpSettings } from './settings.js';

/** Finds the hardware addresses of IPv4 neighbours. */
export const arpPlugin = definePlugin<ArpSettings>({
  name: 'arp',
  version: '0.1.0',
  summary: 'ARP: hardware addresses of IPv4 neighbours',
  options: arpSettings,
  layers: [Arp],
  bind: ({ bind, options }) => {
    bind(ARP_OPTIONS).toConstantValue(options);
  },
});
