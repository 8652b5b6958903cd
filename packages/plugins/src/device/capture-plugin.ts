import { DEVICE, type DeviceFactory, definePlugin, implementation } from '@netwright/core';
import { z } from 'zod';
import { CaptureDevice, MIN_CAPTURE_BUFFER } from './capture.js';

const port = z.union([z.number().int().min(1).max(65535), z.string().regex(/^\d+-\d+$/)]);

/** What a manifest may say of a capture; see {@link CaptureOptions}. */
export const captureOptions = z.strictObject({
  interface: z.string().min(1),
  mac: z.string().optional(),
  shared: z.strictObject({ address: z.string(), ports: z.array(port).min(1) }).optional(),
  filter: z.string().optional(),
  offloads: z.enum(['off', 'try', 'keep']).default('try'),
  checksums: z.enum(['verify', 'trust']).default('verify'),
  buffer: z.number().int().min(MIN_CAPTURE_BUFFER).default(MIN_CAPTURE_BUFFER),
  mtu: z.number().int().min(68).max(65535).optional(),
});

/** `device: { use: capture, interface: eth0 }` */
export const capture = implementation<DeviceFactory, z.output<typeof captureOptions>>({
  name: 'capture',
  token: DEVICE,
  summary: 'An interface of this host, through libpcap; the stack is one more station on its network.',
  options: captureOptions,
  provide: (options) => ({
    value: (host) => {
      const device = new CaptureDevice({ ...options, warn: (message) => host.logger.warn(message) });
      host.counters.set(device.name, device.counters);
      return device;
    },
  }),
});

/** Real interfaces of the host. */
export const capturePlugin = definePlugin({
  name: 'capture',
  version: '0.1.0',
  summary: 'Captures an interface of this host as the device of a stack.',
  implementations: [capture],
});
