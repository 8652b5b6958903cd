import {
  bitrate,
  byteSize,
  DEVICE,
  type DeviceFactory,
  definePlugin,
  duration,
  implementation,
  LINK,
  type LinkFactory,
  ratio,
} from '@netwright/core';
import { z } from 'zod';
import { Cable } from './cable.js';
import { Loopback } from './loopback.js';

/** What a manifest may say of one direction; see `ImpairmentOptions`. */
export const impairmentOptions = z.strictObject({
  latency: duration().optional(),
  jitter: duration().optional(),
  loss: ratio().optional(),
  burst: z.strictObject({ enter: ratio(), leave: ratio(), loss: ratio().optional() }).optional(),
  reorder: ratio().optional(),
  reorderDelay: duration().optional(),
  duplicate: ratio().optional(),
  corrupt: ratio().optional(),
  mark: ratio().optional(),
  rate: bitrate().optional(),
  queue: z.strictObject({ frames: z.number().int().min(0).optional(), bytes: byteSize().optional() }).optional(),
});

/** Bytes. */
export const mtu = z.number().int().min(68).max(65535);

/** What a manifest may say of a cable; see `CableProperties`. */
export const cableOptions = impairmentOptions.extend({
  mtu: mtu.optional(),
  offload: z.strictObject({ checksum: z.boolean().optional(), segmentation: byteSize().optional() }).optional(),
  from: z.record(z.string(), impairmentOptions).optional(),
  switch: z.strictObject({ addresses: z.number().int().min(0).optional(), aging: duration().optional() }).optional(),
});

/** `links: [{ endpoints: [a, b], use: cable, latency: 10ms, loss: 1% }]` */
export const cable = implementation<LinkFactory, z.output<typeof cableOptions>>({
  name: 'cable',
  token: LINK,
  summary: 'An Ethernet cable in memory, with delay, loss and more; with several ends, a learning switch.',
  options: cableOptions,
  provide: (options) => ({ value: ({ name, clock, random }) => new Cable({ ...options, name, clock, random }) }),
});

const loopbackOptions = z.strictObject({ mtu: mtu.optional() });

/** `device: { use: loopback }` */
export const loopback = implementation<DeviceFactory, z.output<typeof loopbackOptions>>({
  name: 'loopback',
  token: DEVICE,
  summary: 'What is sent comes back to the same stack.',
  options: loopbackOptions,
  provide: (options) => ({ value: (host) => new Loopback(host.clock, options.mtu) }),
});

/** Cables between stacks, in memory. */
export const cablePlugin = definePlugin({
  name: 'cable',
  version: '0.1.0',
  summary: 'Joins stacks in memory, with seeded impairments.',
  implementations: [cable],
});
