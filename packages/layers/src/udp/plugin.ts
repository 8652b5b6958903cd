import { definePlugin, implementation } from '@netwright/core';
import { z } from 'zod';
import { Udp, udpSocketDefaults } from './layer.js';
import { SequentialUdpPorts, UDP_PORTS, type UdpPorts } from './ports.js';
import { UDP_OPTIONS, type UdpSettings, udpSettings } from './settings.js';

const port = z.int().min(1).max(65535);
const range = z.strictObject({ first: port, last: port.default(65535) });

/** `override: { udp.ports: { use: ports.sequential, first: 40000 } }` */
const sequentialPorts = implementation<UdpPorts, z.infer<typeof range>>({
  name: 'ports.sequential',
  token: UDP_PORTS,
  summary: 'source ports one after the other, from `first`',
  options: range,
  provide: ({ first, last }) => ({ value: new SequentialUdpPorts(first, last) }),
});

/** UDP. */
export const udpPlugin = definePlugin<UdpSettings>({
  name: 'udp',
  version: '0.1.0',
  summary: 'UDP: ports and a checksum over IP (RFC 768)',
  options: udpSettings,
  layers: [Udp],
  implementations: [sequentialPorts],
  bind: ({ bind, options }) => {
    bind(UDP_OPTIONS).toConstantValue(options);
  },
  socket: (wiring) => udpSocketDefaults(wiring.options)(wiring),
});
