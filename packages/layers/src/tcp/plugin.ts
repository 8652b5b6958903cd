import { definePlugin } from '@netwright/core';
import { tcpDefaults } from './defaults.js';
import { tcpImplementations } from './implementations.js';
import { Tcp } from './layer.js';
import { tcpProfile } from './profile/profile.js';
import { TCP_SETTINGS, type TcpSettings, TcpSettingsSchema } from './settings.js';

/** TCP. */
export const tcpPlugin = definePlugin<TcpSettings>({
  name: 'tcp',
  version: '0.1.0',
  summary: 'TCP (RFC 9293), each behaviour of it behind a token',
  options: TcpSettingsSchema,
  layers: [Tcp],
  bind: ({ bind, options }) => {
    bind(TCP_SETTINGS).toConstantValue(options);
  },
  socket: tcpDefaults,
  overrides: ({ profile }) => tcpProfile(profile).overrides,
  implementations: tcpImplementations,
});
