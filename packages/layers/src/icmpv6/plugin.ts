import { definePlugin } from '@netwright/core';
import { Icmpv6 } from './layer.js';
import { ICMPV6_OPTIONS, type Icmpv6Settings, icmpv6Settings } from './settings.js';

/** ICMPv6: echo, and errors both ways. */
export const icmpv6Plugin = definePlugin<Icmpv6Settings>({
  name: 'icmpv6',
  version: '0.1.0',
  summary: 'ICMPv6: echo, and errors both ways',
  options: icmpv6Settings,
  layers: [Icmpv6],
  bind: ({ bind, options }) => {
    bind(ICMPV6_OPTIONS).toConstantValue(options);
  },
});
