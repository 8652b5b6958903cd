import { VirtualClock } from '@netwright/core';
import { Rig } from './rig.js';

/** Two networks and the router between them: a 10.0.0.1 - 10.0.0.254 r 10.1.0.254 - b 10.1.0.1. */
export async function network(options: { farMtu?: number; gateway?: string; sourceRoute?: 'accept' | 'drop' } = {}) {
  const { sourceRoute } = options;
  const clock = new VirtualClock();
  const a = await Rig.start({
    clock,
    name: 'a',
    addresses: [['10.0.0.1/24']],
    ipv4: { gateway: '10.0.0.254', sourceRoute },
  });
  const b = await Rig.start({
    clock,
    name: 'b',
    addresses: [['10.1.0.1/24']],
    mtu: options.farMtu,
    ipv4: { gateway: '10.1.0.254', sourceRoute },
  });
  const r = new Rig({
    clock,
    name: 'r',
    addresses: [['10.0.0.254/24'], ['10.1.0.254/24']],
    ipv4: { forwarding: true, gateway: options.gateway, sourceRoute },
  });
  if (options.farMtu !== undefined) Object.assign(r.host.interfaces[1], { mtu: options.farMtu });
  await r.stack.start();
  for (const [each, at] of [
    [a, r.devices[0]],
    [b, r.devices[1]],
  ] as const) {
    each.device.peer = at;
    at.peer = each.device;
  }
  return { clock, a, b, r, inUse: () => a.inUse + b.inUse + r.inUse };
}
