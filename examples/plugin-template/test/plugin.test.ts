import { fileURLToPath } from 'node:url';
import { buildLab, explain, type Lab, type LabResult, type Tap } from '@netwright/core';
import { conformance, fromHex } from '@netwright/core/testing';
import test from 'ava';
import { loadPlugin, readManifest, shippedPlugins } from 'netwright';
import { Heartbeat, heartbeat } from '../src/plugin.js';

// What holds of every plugin. The frame is a beat from 10.0.0.2: damaged copies of it get further than noise.
const beat = fromHex(`
  02 00 00 00 00 01  02 00 00 00 00 02  08 00
  45 00 00 24 00 00 40 00 40 11 26 c7  0a 00 00 02  0a 00 00 01
  1b 9e 1b 9e 00 10 00 00
  01 00 12 34 00 00 00 01`);
for (const { name, run } of conformance(heartbeat, {
  plugins: shippedPlugins,
  layers: ['ethernet', 'arp', 'icmp'],
  frames: [beat],
})) {
  test(name, async (t) => {
    await run();
    t.pass();
  });
}

/** Builds the lab of a manifest as the command does, lets `prepare` look at it, and runs it. */
async function run(manifest: string, prepare: (lab: Lab) => void = () => {}): Promise<{ lab: Lab; result: LabResult }> {
  const file = fileURLToPath(new URL(`../../manifests/${manifest}`, import.meta.url));
  const lab = await buildLab(await readManifest(file), { plugins: shippedPlugins, loadPlugin });
  prepare(lab);
  try {
    return { lab, result: await lab.run() };
  } finally {
    await lab.stop();
  }
}

const layerOf = (lab: Lab, node: string) =>
  lab.nodes.get(node)?.layers.find((each) => each.name === 'heartbeat') as Heartbeat;

test('named by its path, it beats twice a second and each beat is answered', async (t) => {
  const { lab, result } = await run('by-path.yaml');
  t.true(result.passed, JSON.stringify(result.validation));
  t.like(layerOf(lab, 'left').counters, { sent: 20, malformed: 0, unsent: 0 });
  t.like(layerOf(lab, 'right').counters, { answered: 20, sent: 0 });
  t.true(layerOf(lab, 'left').alive);
});

test('named by its package, its rhythm is overridden and its own override reaches IPv4', async (t) => {
  const { lab, result } = await run('by-name.yaml');
  t.true(result.passed, JSON.stringify(result.validation));
  t.false(layerOf(lab, 'left').alive);
  t.is(layerOf(lab, 'left').unanswered, 5);
});

test('a frame says that the manifest chose its rhythm', async (t) => {
  const seen = new Set<string>();
  const tap: Tap = {
    frame: (direction, packet) => {
      if (direction === 'out' && packet.reason?.name === 'heartbeat.beat')
        seen.add(explain(packet.reason, packet.decider));
    },
  };
  await run('by-name.yaml', (lab) => lab.nodes.get('left')?.host.watch(tap));
  t.deepEqual([...seen], ['heartbeat.beat (heartbeat.rhythm: rhythm.backoff of plugin heartbeat, by-name.yaml:11:9)']);
});
