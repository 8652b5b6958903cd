import { DEVICE, type DeviceFactory, definePlugin, implementation } from '@netwright/core';
import { z } from 'zod';
import { loopback, mtu } from './link-plugin.js';
import { Replay } from './replay.js';

const replayOptions = z.strictObject({
  file: z.string().min(1),
  interface: z.string().optional(),
  direction: z.enum(['in', 'out']).optional(),
  speed: z.number().positive().optional(),
  mtu: mtu.optional(),
});

/** `device: { use: replay, file: incident.pcapng }` */
export const replay = implementation<DeviceFactory, z.output<typeof replayOptions>>({
  name: 'replay',
  token: DEVICE,
  summary: 'Receives the frames of a capture file at their times; what the stack sends is dropped.',
  options: replayOptions,
  provide: (options) => ({
    value: (host) => {
      const device = new Replay({ ...options, clock: host.clock });
      host.counters.set('replay', device.counters);
      return device;
    },
  }),
});

/** Devices that lead back to their own stack, or nowhere. */
export const memoryDevices = definePlugin({
  name: 'memory-devices',
  version: '0.1.0',
  summary: 'A loopback, and the replay of a capture file.',
  implementations: [loopback, replay],
});
