import { definePlugin } from '@netwright/core';
import { Ndp } from './layer.js';
import { NDP_OPTIONS, type NdpSettings, ndpSettings } from './settings.js';

/** Finds IPv6 neighbours, routers and prefixes. */
export const ndpPlugin = definePlugin<NdpSettings>({
  name: 'ndp',
  version: '0.1.0',
  summary: 'neighbour discovery: hardware addresses, routers and prefixes of IPv6',
  options: ndpSettings,
  layers: [Ndp],
  bind: ({ bind, options }) => {
    bind(NDP_OPTIONS).toConstantValue(options);
  },
});
