import { definePlugin } from '@netwright/core';
import { Mld } from './layer.js';
import { MLD_OPTIONS, type MldSettings, mldSettings } from './settings.js';

/** Tells routers and switches which groups this host hears. */
export const mldPlugin = definePlugin<MldSettings>({
  name: 'mld',
  version: '0.1.0',
  summary: 'MLD: tells routers and switches of the groups that were joined over IPv6',
  options: mldSettings,
  layers: [Mld],
  bind: ({ bind, options }) => {
    bind(MLD_OPTIONS).toConstantValue(options);
  },
});
