import { definePlugin } from '@netwright/core';
import { Udp, udpSocketDefaults } from './layer.js';
import { UDP_OPTIONS, type UdpSettings, udpSettings } from './settings.js';

/** UDP. */
export const udpPlugin = definePlugin<UdpSettings>({
  name: 'udp',
  version: '0.1.0',
  summary: 'UDP: ports and a checksum over IP (RFC 768)',
  options: udpSettings,
  layers: [Udp],
  bind: ({ bind, options }) => {
    bind(UDP_OPTIONS).toConstantValue(options);
  },
  socket: (wiring) => udpSocketDefaults(wiring.options)(wiring),
});
