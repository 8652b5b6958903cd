import { definePlugin } from '@netwright/core';
import { Icmp } from './layer.js';
import { ICMP_OPTIONS, type IcmpSettings, icmpSettings } from './settings.js';

/** ICMP: echo, and errors both ways. */
export const icmpPlugin = definePlugin<IcmpSettings>({
  name: 'icmp',
  version: '0.1.0',
  summary: 'ICMP: echo, and errors both ways',
  options: icmpSettings,
  layers: [Icmp],
  bind: ({ bind, options }) => {
    bind(ICMP_OPTIONS).toConstantValue(options);
  },
});
