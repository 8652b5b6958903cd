import { buildStack, explain, IpAddress, Layer, layer, override, type Packet, VirtualClock } from '@netwright/core';
import { conformance, MemoryDevice } from '@netwright/core/testing';
import {
  Arp,
  arpPlugin,
  ethernetPlugin,
  fragmentPolicies,
  Icmp,
  IP_FRAGMENTS,
  IP_ROUTES,
  Ipv4,
  icmpPlugin,
  ipv4Plugin,
  RouteTable,
} from '@netwright/layers';
import test from 'ava';
import { frame, icmpBytes, ipBytes, PEER } from '../wire/rig.js';

const plugins = [ethernetPlugin, arpPlugin, ipv4Plugin, icmpPlugin];
const BASE = 'name: host\nseed: 1\naddress: 10.0.0.1/24\nlayers: [ethernet, arp, ipv4, icmp]\n';

/** A stack from a manifest that knows its neighbour 10.0.0.2; each packet as TTL, identification and why. */
async function built(manifest: string, options = {}) {
  const clock = new VirtualClock();
  const device = new MemoryDevice();
  const stack = await buildStack(manifest, { plugins, clock, device, file: 'host.yaml', ...options });
  const why: string[] = [];
  stack.host.watch({ frame: (_, packet) => why.push(explain(packet.reason, packet.decider)) });
  await stack.start();
  const [via] = stack.host.interfaces;
  (stack.layer(Arp) as Arp).set(PEER.ip, PEER.mac, via);
  const pings = (count: number) => {
    for (let i = 0; i < count; i++) (stack.layer(Icmp) as Icmp).ping('10.0.0.2');
    return device.sent.splice(0).map(({ bytes }) => ({
      ttl: bytes[22],
      id: (bytes[18] << 8) | bytes[19],
    }));
  };
  const give = (bytes: Uint8Array) => device.inject(frame(via.mac, PEER.mac, 0x0800, bytes));
  return { stack, device, clock, pings, give, why };
}

test('without an override: TTL 64, identifications at random', async (t) => {
  const { stack, pings, why } = await built(BASE);
  const sent = pings(8);
  t.true(sent.every(({ ttl }) => ttl === 64));
  t.true(new Set(sent.map(({ id }) => id)).size > 6);
  t.is(why[0], 'icmp.echo');
  await stack.stop();
  t.is(stack.host.pool.inUse, 0);
});

// @rfc 1122 S3.2.1.7-4
test('ip.ttl is overridden for the stack, and the frame says by whom', async (t) => {
  const { stack, pings, why } = await built(`${BASE}override: { ip.ttl: { use: ttl.fixed, value: 33 } }\n`);
  t.is(pings(1)[0].ttl, 33);
  t.regex(why[0], /^icmp\.echo \(ip\.ttl: ttl\.fixed of plugin ipv4, host\.yaml:5:\d+\)$/);
  await stack.stop();
});

for (const [use, expected] of [
  ['id.zero', [0, 0, 0]],
  ['{ use: id.fixed, value: 4711 }', [4711, 4711, 4711]],
  ['{ use: id.counter, start: 65535, step: 1 }', [65535, 0, 1]],
  ['{ use: id.per-destination, start: 7 }', [7, 8, 9]],
] as const) {
  test(`ip.id is overridden for the stack: ${use}`, async (t) => {
    const { stack, pings } = await built(`${BASE}override: { ip.id: ${use} }\n`);
    t.deepEqual(
      pings(3).map(({ id }) => id),
      [...expected],
    );
    await stack.stop();
  });
}

// @rfc 1122 S3.2.1.7-1
test('an option that cannot be is refused with its place', async (t) => {
  const error = await t.throwsAsync(built(`${BASE}override: { ip.ttl: { use: ttl.fixed, value: 256 } }\n`));
  t.regex(error?.message ?? '', /host\.yaml:5:\d+/);
  const unknown = await t.throwsAsync(built(BASE.replace('ipv4,', '{ use: ipv4, gatway: 10.0.0.2 },')));
  t.regex(unknown?.message ?? '', /gatway/);
});

test('ip.fragments is overridden for the stack: the same fragments, other bytes', async (t) => {
  const echo = (policy: string) => `${BASE}override: { ip.fragments: fragments.${policy} }\n`;
  const results: Record<string, string> = {};
  for (const policy of Object.keys(fragmentPolicies)) {
    const { stack, device, give } = await built(echo(policy));
    // An echo request of 24 bytes; its data comes twice, and which of them comes back is the policy's doing.
    const [one, two] = ['A', 'B'].map((letter) => icmpBytes(8, 0, 0, new Uint8Array(16).fill(letter.charCodeAt(0))));
    one.set(two.subarray(2, 4), 2);
    for (const right of [one, two]) {
      const bytes = right;
      const fields = { protocol: 1, identification: right === one ? 1 : 2 };
      give(ipBytes(bytes.subarray(0, 8), { ...fields, moreFragments: true }));
      give(ipBytes(one.subarray(8, 16), { ...fields, moreFragments: true, fragmentOffset: 8 }));
      give(ipBytes(two.subarray(8, 16), { ...fields, moreFragments: true, fragmentOffset: 8 }));
      give(ipBytes(two.subarray(16, 24), { ...fields, fragmentOffset: 16 }));
    }
    results[policy] = device.sent.map(({ bytes }) => String.fromCharCode(bytes[42])).join('');
    await stack.stop();
    t.is(stack.host.pool.inUse, 0);
  }
  // The checksum fits the second letter: where the first wins, the request is damaged and not answered.
  t.deepEqual(results, {
    first: '',
    last: 'BB',
    bsd: '',
    'bsd-right': 'BB',
    linux: 'BB',
    windows: '',
    solaris: '',
    drop: '',
  });
});

test('ip.routes is overridden for the stack in code', async (t) => {
  class Nowhere extends RouteTable {
    override lookup() {
      return null;
    }
  }
  const overrides = [override(IP_ROUTES, { value: new Nowhere() })];
  const { stack, pings } = await built(BASE, { overrides });
  t.deepEqual(pings(1), []);
  t.is((stack.layer(Ipv4) as Ipv4).path(PEER.ip), 'ENETUNREACH');
  await stack.stop();
});

test('a policy of a program resolves fragments as it likes', async (t) => {
  const asked: number[][] = [];
  const mine = {
    dropsOverlaps: false,
    prefersNew: (...range: [number, number, number, number]) => {
      asked.push(range);
      return true;
    },
  };
  const { stack, give } = await built(BASE, { overrides: [override(IP_FRAGMENTS, { value: mine })] });
  give(ipBytes(new Uint8Array(16), { protocol: 1, moreFragments: true }));
  give(ipBytes(new Uint8Array(16), { protocol: 1, moreFragments: true, fragmentOffset: 8 }));
  t.deepEqual(asked, [[0, 16, 8, 24]]);
  await stack.stop();
  t.is(stack.host.pool.inUse, 0);
});

test('one path may override ttl and identification, and leaves the others alone', async (t) => {
  @layer({ name: 'bare', over: [{ layer: 'ipv4', key: 200 }] })
  class Bare extends Layer {
    receive(packet: Packet): void {
      packet.release();
    }
  }
  const { stack, device } = await built(BASE);
  const ipv4 = stack.layer(Ipv4) as Ipv4;
  ipv4.registerLayer(new Bare());
  const seen: number[][] = [];
  for (const options of [{ ttl: { ttl: () => 5 }, id: { next: () => 99 } }, {}]) {
    stack.host.turn.run(() => {
      const path = ipv4.path(IpAddress.parse('10.0.0.2') as IpAddress, options);
      const packet = stack.host.pool.takeWith(Uint8Array.of(1, 2, 3, 4));
      if (typeof path === 'string' || packet === null) throw new Error('no way');
      ipv4.send(packet, path, 200, true);
    });
    const [{ bytes }] = device.sent.splice(0);
    seen.push([bytes[22], (bytes[18] << 8) | bytes[19]]);
  }
  t.deepEqual(seen, [
    [5, 99],
    [64, 0],
  ]);
  await stack.stop();
});

for (const plugin of plugins) {
  const others = plugins.filter((each) => each !== plugin);
  const layers = ['ethernet', 'arp', 'ipv4', 'icmp'].filter((each) => each !== plugin.name);
  const implementationOptions = { 'id.fixed': { value: 1 } };
  for (const { name, run } of conformance(plugin, { plugins: others, layers, implementationOptions }))
    test(`every plugin's own promises: ${name}`, async (t) => {
      await t.notThrowsAsync(async () => run());
    });
}
