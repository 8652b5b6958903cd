import { DEVICE, type DeviceFactory, definePlugin, type Implementation, implementation } from '@netwright/core';
import { z } from 'zod';
import { capture } from '../device/capture-plugin.js';
import { impairmentOptions, loopback } from '../device/link-plugin.js';
import { replay } from '../device/memory-plugin.js';
import { FaultDevice } from './fault.js';

/** The devices that it may stand in front of. */
const INNER: readonly Implementation[] = [capture, loopback, replay];

const inner = z
  .looseObject({ use: z.enum(INNER.map((each) => each.name) as [string, ...string[]]) })
  .transform(({ use, ...options }, context): DeviceFactory => {
    const chosen = INNER.find((each) => each.name === use) as Implementation<DeviceFactory>;
    const read = chosen.options?.safeParse(options);
    if (read?.success === false) {
      for (const issue of read.error.issues) {
        context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
      }
      return z.NEVER;
    }
    const provider = chosen.provide(read?.data ?? {});
    return 'value' in provider ? provider.value : z.NEVER;
  });

const faultOptions = z.strictObject({
  device: inner,
  out: impairmentOptions.optional(),
  in: impairmentOptions.optional(),
});

/** `device: { use: fault, device: { use: capture, interface: eth0 }, out: { loss: 1% } }` */
export const fault = implementation<DeviceFactory, z.output<typeof faultOptions>>({
  name: 'fault',
  token: DEVICE,
  summary: 'Another device, with delay, loss and more in front of it.',
  options: faultOptions,
  provide: (options) => ({
    value: (host) => {
      const random = host.random.fork('fault');
      const device = new FaultDevice(options.device(host), { ...options, clock: host.clock, random });
      host.counters.set('fault.out', device.counters.out);
      host.counters.set('fault.in', device.counters.in);
      return device;
    },
  }),
});

/** Impairments for any device. */
export const faultPlugin = definePlugin({
  name: 'fault',
  version: '0.1.0',
  summary: 'Puts the impairments of a cable in front of any device.',
  implementations: [fault],
});
