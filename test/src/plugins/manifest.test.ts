import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLab, buildStack, checkManifest, VirtualClock } from '@netwright/core';
import { conformance } from '@netwright/core/testing';
import { ethernetPlugin } from '@netwright/layers';
import {
  Cable,
  cablePlugin,
  FaultDevice,
  faultPlugin,
  Loopback,
  memoryDevices,
  readCapture,
  watchPlugin,
} from '@netwright/plugins';
import test from 'ava';
import { shippedPlugins as plugins } from 'netwright';

/** Three nodes on one switch; one asks another for a page. */
function lab(link: string, watch = '[]') {
  return `
sim: { seed: 1, stop_time: 1min }
defaults: { layers: [ethernet, arp, ipv4, icmp, tcp] }
topology:
  nodes:
    a: { address: 10.0.0.1/24, apps: [{ use: page, port: 80, pages: { /: 20KiB } }] }
    b: { address: 10.0.0.2/24, apps: [{ use: get, as: fetch, url: 'http://10.0.0.1/' }] }
    c: { address: 10.0.0.3/24 }
  links:
    - { endpoints: [a, b, c], ${link} }
watch: ${watch}
validate:
  - { frame: 'arp.opcode == 1 && arp.dst.proto_ipv4 == 10.0.0.1', expect: { eth.dst: 'ff:ff:ff:ff:ff:ff' } }
  - { app: b/fetch, expect: { status: 200, outcome: complete } }
`;
}

test('a manifest names a cable with units; with three ends it is a switch', async (t) => {
  const made = await buildLab(lab('latency: 10ms, loss: 1%, rate: 10 mbit, queue: { bytes: 64KiB }'), { plugins });
  const result = await made.run();
  await made.stop();
  t.true(result.passed, JSON.stringify(result.validation));
  const cable = [...made.links.values()][0] as Cable;
  t.true(cable instanceof Cable);
  t.like(cable.switching, { learned: 2 });
  // After the floods of the beginning the third station hears nothing.
  const { inFrames } = made.nodes.get('c')!.host.interfaces[0].counters;
  t.true(inFrames <= cable.switching.flooded, `${inFrames}`);
  t.is(cable.inFlight, 0);
  t.is(made.nodes.get('a')!.host.pool.inUse, 0);
});

test('a manifest names watchers: a trace of the handshake with its reasons, and a capture that is the same each time', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'netwright-'));
  try {
    const run = async (name: string) => {
      const file = join(folder, name);
      const watch = `[{ use: pcapng, file: '${file}' }, { use: trace, only: handshake, verbose: true }]`;
      const printed: string[] = [];
      const made = await buildLab(lab('latency: 10ms, jitter: 1ms, loss: 2%, reorder: 1%', watch), {
        plugins,
        print: (line) => printed.push(line),
      });
      await made.run();
      await made.stop();
      return { file: readFileSync(file), traced: printed.filter((line) => /^(\d\d:| {2}└)/.test(line)) };
    };
    const first = await run('first.pcapng');
    t.regex(first.traced[0], / b:eth0 > IP 10\.0\.0\.2\.\d+ > 10\.0\.0\.1\.80: Flags \[S\]/);
    t.is(first.traced[1], '  └ tcp.syn');
    t.regex(first.traced[2], / a:eth0 > .*Flags \[S\.\], seq \d+, ack 1,/);
    const frames = [...readCapture(first.file)];
    t.true(frames.every((each) => each.direction === 'out' && each.comment !== ''));
    t.true(frames.length > 20);
    t.deepEqual(first.file, (await run('second.pcapng')).file);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an option that a cable does not have, or cannot have, is a problem at its place', async (t) => {
  const problems = async (link: string) => (await checkManifest(lab(link), { plugins })).map((each) => each.message);
  t.deepEqual(await problems('latency: 10ms'), []);
  t.regex((await problems('latncy: 10ms'))[0], /latncy/);
  t.regex((await problems('loss: 101%'))[0], /loss.*1%/);
});

test('impairments from an end that the link does not have stop the lab with a code', async (t) => {
  const made = await buildLab(lab("from: { 'z:eth0': { loss: 1 } }"), { plugins });
  await t.throwsAsync(made.start(), { code: 'CABLE_END_UNKNOWN' });
  await made.stop();
});

test('a manifest names a loopback, and faults in front of it', async (t) => {
  const layers = '[ethernet, arp, ipv4]';
  const clock = new VirtualClock();
  const stack = await buildStack(`{ layers: ${layers}, device: { use: loopback }, address: 10.0.0.1/24 }`, {
    plugins,
    clock,
  });
  t.true(stack.host.interfaces[0].device instanceof Loopback);
  const faulty = `{ use: fault, device: { use: loopback, mtu: 1000 }, out: { loss: 10%, latency: 1s } }`;
  const other = await buildStack(`{ layers: ${layers}, device: ${faulty}, address: 10.0.0.1/24 }`, { plugins, clock });
  const [{ device }] = other.host.interfaces;
  t.true(device instanceof FaultDevice);
  t.is(device.mtu, 1000);
  const wrong = '{ use: fault, device: { use: loopback, size: 3 } }';
  const [problem] = await checkManifest(`{ layers: ${layers}, device: ${wrong} }`, { plugins });
  t.regex(problem.message, /size/);
});

const implementationOptions = {
  fault: { device: { use: 'loopback' } },
  replay: { file: 'a.pcapng' },
  pcapng: { file: 'a.pcapng' },
};
for (const plugin of [cablePlugin, memoryDevices, faultPlugin, watchPlugin]) {
  for (const { name, run } of conformance(plugin, {
    plugins: [ethernetPlugin],
    layers: ['ethernet'],
    implementationOptions,
  })) {
    test(name, async (t) => {
      await t.notThrowsAsync(async () => run());
    });
  }
}
