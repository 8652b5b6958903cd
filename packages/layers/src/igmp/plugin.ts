import { definePlugin } from '@netwright/core';
import { Igmp } from './layer.js';
import { IGMP_OPTIONS, type IgmpSettings, igmpSettings } from './settings.js';

/** Tells routers and switches which groups this host hears. */
export const igmpPlugin = definePlugin<IgmpSettings>({
  name: 'igmp',
  version: '0.1.0',
  summary: 'IGMP: tells routers and switches of the groups that were joined over IPv4',
  options: igmpSettings,
  layers: [Igmp],
  bind: ({ bind, options }) => {
    bind(IGMP_OPTIONS).toConstantValue(options);
  },
});
