import { buildLab, buildStack, describeLab, describeStack, formatMermaid, formatTree } from '@netwright/core';
import { MemoryDevice } from '@netwright/core/testing';
import test from 'ava';
import { toy } from './toy.js';

const MANIFEST = `name: tin
seed: 1
address: 10.0.0.1/24
mac: 02:00:00:00:00:01
layers: [note, wire]
override:
  toy.greeting: greeting.fixed
apps:
  - { use: talk, override: { toy.greeting: { use: greeting.fixed, word: a } } }
`;
const build = () => buildStack(MANIFEST, { plugins: [toy], device: new MemoryDevice(), file: 'tin.yaml' });

test('the description names layers, tokens, who bound them, and what the manifest overrode where', async (t) => {
  const description = describeStack(await build());
  t.deepEqual(description.interfaces, [
    { name: 'eth0', device: 'memory', mac: '02:00:00:00:00:01', mtu: 1500, addresses: ['10.0.0.1/24'] },
  ]);
  t.deepEqual(description.layers, [
    { name: 'wire', class: 'Wire', plugin: 'toy', over: [] },
    { name: 'note', class: 'Note', plugin: 'toy', over: [{ layer: 'wire', key: 1 }] },
  ]);
  const token = (name: string) => description.tokens.find((each) => each.token === name);
  t.like(token('toy.greeting'), {
    scope: 'socket',
    boundBy: 'toy',
    overriddenBy: 'greeting.fixed of plugin toy, tin.yaml:7:3',
  });
  t.like(token('toy.mark'), { scope: 'stack', boundBy: 'toy', overriddenBy: null });
  t.like(token('clock'), { scope: 'stack', boundBy: 'core', overriddenBy: null });
  t.deepEqual(description.apps, [
    {
      name: 'talk',
      use: 'talk',
      plugin: 'toy',
      overrides: [{ token: 'toy.greeting', by: 'greeting.fixed of plugin toy, tin.yaml:9:30' }],
    },
  ]);
  t.deepEqual(JSON.parse(JSON.stringify(description)), description, 'it is plain data');
});

test('the tree shows layers over layers and overrides beside tokens', async (t) => {
  t.snapshot(formatTree(describeStack(await build())));
});

test('a lab is described with its links, as tree and as chart', async (t) => {
  const lab = await buildLab(
    `name: tins
sim: { seed: 1 }
defaults: { layers: [wire, note] }
topology:
  nodes:
    a: { address: 10.0.0.1/24, mac: "02:00:00:00:00:01", apps: [talk] }
    b: { address: 10.0.0.2/24, mac: "02:00:00:00:00:02" }
  links: [{ use: string, endpoints: [a, b] }]
`,
    { plugins: [toy] },
  );
  const description = describeLab(lab);
  t.snapshot(formatTree(description));
  t.snapshot(formatMermaid(description));
});
