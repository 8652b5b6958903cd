import { buildLab, type Lab, type LabResult } from '@netwright/core';
import test from 'ava';
import { Note, toy, watched } from './toy.js';

const manifest = (sim: string, rest = '', loss = '30%') => `
name: tins
${sim}
defaults: { layers: [wire, note], override: { toy.mark: { use: mark.fixed, mark: '*' } } }
topology:
  nodes:
    a: { address: 10.0.0.1/24, apps: [{ use: talk, as: talk, times: 20, every: 10ms }] }
    b:
      address: 10.0.0.2/24
      override: { toy.mark: { use: mark.fixed, mark: '#' } }
      apps: [{ use: talk, times: 20, every: 15ms }]
  links:
    - { use: string, endpoints: ["a:eth0", "b:eth0"], latency: 5ms, loss: ${loss} }
${rest}`;
const SIM = 'sim: { seed: 42, stop_time: 2s }';

/** Runs a lab and stops it; its frames as a watcher on both nodes sees them. */
async function run(text: string, options = {}): Promise<{ lab: Lab; result: LabResult; printed: string[] }> {
  const printed: string[] = [];
  const lab = await buildLab(text, {
    plugins: [toy],
    file: 'lab.yaml',
    print: (line) => printed.push(line),
    ...options,
  });
  try {
    return { lab, result: await lab.run(), printed };
  } finally {
    await lab.stop();
  }
}

test('a lab runs until its applications are done, and reports', async (t) => {
  const { result, printed } = await run(manifest(SIM, '', '0'));
  t.is(result.ended, 'done');
  // The twentieth word of b leaves at 300 ms and is heard 5 ms later.
  t.is(result.time, 305);
  t.deepEqual(result.reports, {
    'a/talk': { said: 20, heard: 20, last: '#hello' },
    'b/talk': { said: 20, heard: 20, last: '*hello' },
  });
  t.is(printed.length, 40);
});

test('a lab that loses what it waits for ends when nothing is left to happen', async (t) => {
  const { result } = await run(manifest(SIM, '', '100%'));
  t.is(result.ended, 'idle');
  t.is(result.reports['a/talk']['heard'], 0);
});

test('a lab ends at its stop_time, and goes on when it is run again', async (t) => {
  const lab = await buildLab(manifest('sim: { seed: 1, stop_time: 100ms }', '', '0'), { plugins: [toy] });
  const first = await lab.run();
  t.is(first.ended, 'time');
  t.is(first.time, 100);
  t.is(first.reports['a/talk']['said'], 10);
  const second = await lab.run({ until: 10_000 });
  t.is(second.ended, 'done');
  await lab.stop();
  t.is((await lab.run()).ended, 'stopped');
});

test.serial('the same seed gives the same frames at the same times, another seed others', async (t) => {
  const watching = manifest(SIM, 'watch: [eye]');
  const frames = async (options = {}) => {
    watched.length = 0;
    await run(watching, options);
    return watched.join('\n');
  };
  const [first, second, other] = [await frames(), await frames(), await frames({ seed: 43 })];
  t.true(first.includes('in #hello'));
  t.is(first, second);
  t.not(first, other);
  t.is(first.split('\n')[0], 'eye starts');
  t.is(first.split('\n').at(-1), 'eye stops');
});

test('chance is forked by name: another node and link do not change what a link loses', async (t) => {
  const more = manifest(SIM).replace(
    '  links:',
    '    c: { address: 10.0.1.1/24 }\n    d: {}\n  links:\n    - { use: string, endpoints: [c, d], loss: 50% }',
  );
  const [one, two] = [await run(manifest(SIM)), await run(more)];
  t.deepEqual(two.result.reports['a/talk'], one.result.reports['a/talk']);
  t.deepEqual([...two.lab.links.keys()], ['c:eth0 - d:eth0', 'a:eth0 - b:eth0']);
});

test('nodes share the clock and the packet memory, and nothing else', async (t) => {
  const { lab } = await run(manifest(SIM));
  const [a, b] = [...lab.nodes.values()];
  t.is(a.host.clock, b.host.clock);
  t.is(a.host.pool, b.host.pool);
  t.is(a.host.pool.inUse, 0, 'no packet is left behind');
  t.not(a.host.timers, b.host.timers);
  t.not(a.layer(Note), b.layer(Note));
});

test('validations of frames and reports say what was found', async (t) => {
  const rest = `validate:
  - { frame: 'frame.node == b && note.text', expect: { note.text: '#hello', frame.reason: note.said }, count: 20 }
  - { frame: 'note.text == "*hello" && frame.time <= 100', count: 10 }
  - { frame: 'note.key == 1', expect: { note.text: '*hello' } }
  - { frame: 'note.key == 2' }
  - { app: a/talk, expect: { said: 20 } }
  - { app: b/talk, expect: { heard: 21, lost: 0 } }
`;
  const { result } = await run(manifest(SIM, rest, '0'));
  t.deepEqual(
    result.validation.map((each) => `${each.passed} ${each.place?.line} ${each.message}`),
    [
      'true 15 20 frames match: note.text #hello, frame.reason note.said',
      'true 16 10 frames match',
      'false 17 frame 2, from b at 15 ms: note.text is #hello, expected *hello',
      'false 18 0 frames match, expected at least one',
      'true 19 a/talk is as expected: said 20',
      'false 20 b/talk: heard is 20, expected 21',
    ],
  );
  t.false(result.passed);
});

test('a lab without `sim` runs in real time', async (t) => {
  const { lab, result } = await run(manifest('', '', '0').replaceAll('times: 20', 'times: 2'));
  t.false(lab.virtual);
  t.is(result.ended, 'done');
  t.true(result.time >= 35);
});

test('a node of several interfaces has a link on each', async (t) => {
  const { lab } = await run(`
sim: {}
defaults: { layers: [wire, note] }
topology:
  nodes:
    a: { address: 10.0.0.1/24, apps: [{ use: talk, times: 1 }] }
    r: { interfaces: { in: { address: 10.0.0.2/24, mtu: 900 }, out: { address: [10.0.1.1/24, 10.0.2.1/24] } } }
    b: { interfaces: { eth0: { device: tin }, eth1: {} } }
  links:
    - { use: string, endpoints: ["a", "r:in"] }
    - { use: string, as: far, endpoints: ["r:out", "b:eth1"] }
`);
  const r = lab.nodes.get('r');
  t.deepEqual(
    r?.host.interfaces.map((each) => [each.name, each.device.name, each.mtu, each.addresses.map(String)]),
    [
      ['in', 'string r:in', 900, ['10.0.0.2/24']],
      ['out', 'string r:out', 1500, ['10.0.1.1/24', '10.0.2.1/24']],
    ],
  );
  t.deepEqual(r?.layer(Note)?.heard, ['-hello']);
  t.is(lab.nodes.get('b')?.host.interfaces[0].device.name, 'tin');
});

test('a link can be cut while the lab runs', async (t) => {
  const lab = await buildLab(manifest(SIM, '', '0'), { plugins: [toy] });
  await lab.run({ until: 101 });
  lab.links.get('a:eth0 - b:eth0')?.setUp(false);
  const result = await lab.run();
  await lab.stop();
  t.is(result.ended, 'idle');
  t.is(result.reports['b/talk']['heard'], 10);
});

test('a lab that fails to start stops what it had started', async (t) => {
  const lab = await buildLab(manifest(SIM, 'watch: [eye]'), { plugins: [toy] });
  const [a, b] = [...lab.nodes.values()];
  b.parts.unshift({
    start() {
      throw new Error('no');
    },
  });
  await t.throwsAsync(lab.run(), { message: 'no' });
  t.false(a.started);
  t.false(b.started);
  t.is(a.host.pool.inUse, 0);
});

test('a manifest of one kind is refused where the other is wanted', async (t) => {
  await t.throwsAsync(buildLab('layers: [wire]', { plugins: [toy] }), { code: 'MANIFEST_KIND' });
});
