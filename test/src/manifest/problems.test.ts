import { buildStack, checkManifest, ManifestError, type NetwrightError } from '@netwright/core';
import test, { type ExecutionContext } from 'ava';
import { misfits, toy } from '../build/toy.js';

/** What is wrong with a manifest, one line each: 'CODE line:column'. */
async function problems(text: string): Promise<NetwrightError[]> {
  return checkManifest(text, { file: 'm.yaml', plugins: [toy, misfits] });
}

function places(found: readonly NetwrightError[]): string[] {
  return found.map((each) => `${each.code} ${each.place?.line}:${each.place?.column}`);
}

async function finds(t: ExecutionContext, text: string, expected: string[], ...words: string[]): Promise<void> {
  const found = await problems(text);
  t.deepEqual(places(found), expected);
  const all = found.map((each) => each.message).join('\n');
  for (const word of words) t.true(all.includes(word), `${word} in ${all}`);
}

test('a sound manifest has no problems', async (t) => {
  t.deepEqual(
    await problems('layers: [wire, { use: note, limit: 3 }]\noverride:\n  toy.mark: { use: mark.fixed, mark: x }\n'),
    [],
  );
});

test('a missing lower layer is told with the place of the upper one and the name to add', async (t) => {
  await finds(
    t,
    'name: a\nlayers: [note]\n',
    ['STACK_LOWER_MISSING 2:10'],
    'm.yaml:2:10 Layer "note" binds over "wire" (key 1)',
    'Add "wire" to `layers`',
  );
});

test('two layers on one key are told at the second', async (t) => {
  await finds(t, 'layers:\n  - wire\n  - note\n  - use: memo\n', ['LAYER_KEY_TAKEN 4:5'], '"note" and "memo"', 'key 1');
});

test('layers over each other in a circle are told at the first of them', async (t) => {
  await finds(t, 'layers: [wire, hen, egg]\n', ['STACK_LAYER_CYCLE 1:16'], '"hen" over "egg" over "hen"');
});

test('a layer listed twice is told at the second', async (t) => {
  await finds(t, 'layers: [wire, note, { use: wire }]\n', ['STACK_LAYER_TWICE 1:24']);
});

test('an unknown layer is told with the nearest name', async (t) => {
  await finds(t, 'layers: [wire, noet]\n', ['STACK_LAYER_UNKNOWN 1:16'], 'Did you mean "note"?', 'wire, note');
});

test('an unknown option is told at its very key, with the nearest one', async (t) => {
  await finds(
    t,
    'layers:\n  - wire\n  - use: note\n    limt: 3\n',
    ['PLUGIN_OPTIONS 4:5'],
    'Option "limt" of "toy"',
    'Did you mean "limit"?',
    'Options of "toy": limit.',
  );
});

test('an option of the wrong kind is told at its key, with what is expected', async (t) => {
  await finds(t, 'layers: [wire, { use: note, limit: many }]\n', ['PLUGIN_OPTIONS 1:29'], '"many" does not fit');
});

test('keys with values are asked for by their form', async (t) => {
  await finds(
    t,
    'interfaces: eth0\nlayers: [wire]\n',
    ['MANIFEST_SHAPE 1:1'],
    'Expected keys with values, { key: value }.',
  );
});

test('a missing option is told at its choice', async (t) => {
  await finds(
    t,
    'layers: [wire, note]\noverride:\n  toy.mark: mark.fixed\n',
    ['PLUGIN_OPTIONS 3:3'],
    'Option "mark" of "mark.fixed": it is missing',
  );
});

test('an override whose class lost its injection is told before anything is made', async (t) => {
  await finds(
    t,
    'layers: [wire, note]\noverride:\n  toy.greeting: { use: greeting.lost }\n',
    ['OVERRIDE_LOST_INJECTION 3:19'],
    'Lost extends Hello, which takes 2 injected arguments',
    '@injectFromBase(',
  );
});

test('a layer whose class lost its injection is told, too', async (t) => {
  await finds(t, 'layers: [wire, stray]\n', ['OVERRIDE_LOST_INJECTION 1:16'], 'Stray extends Base');
});

test('an unknown token is told with the nearest one', async (t) => {
  await finds(
    t,
    'layers: [wire, note]\noverride:\n  toy.greetin: greeting.fixed\n',
    ['TOKEN_UNKNOWN 3:3'],
    'Did you mean "toy.greeting"?',
  );
});

test('an unknown implementation is told at its name, with those there are', async (t) => {
  await finds(
    t,
    'layers: [wire, note]\noverride: { toy.greeting: { word: a, use: greeting.fixd } }\n',
    ['IMPLEMENTATION_UNKNOWN 2:38'],
    'Did you mean "greeting.fixed"?',
    'greeting.fixed, greeting.lost',
  );
});

test('a token of the whole stack cannot be overridden under an application', async (t) => {
  await finds(
    t,
    'layers: [wire, note]\napps:\n  - use: talk\n    override:\n      toy.mark: { use: mark.fixed, mark: x }\n',
    ['OVERRIDE_SCOPE 5:7'],
    'Move it to the `override` of the stack.',
  );
});

test('an unknown key of the manifest is told at the key', async (t) => {
  await finds(t, 'layers: [wire]\nadress: 10.0.0.1/24\n', ['MANIFEST_SHAPE 2:1'], 'Did you mean "address"?');
});

test('an unknown key deep in a lab is told at the key', async (t) => {
  await finds(
    t,
    'topology:\n  nodes:\n    a: { layers: [wire], adress: 10.0.0.1/24 }\n',
    ['MANIFEST_SHAPE 3:26'],
    'topology.nodes.a.adress',
  );
});

test('a missing key is told at what should have it', async (t) => {
  await finds(t, 'name: a\n', ['MANIFEST_SHAPE 1:1'], 'layers: it is missing');
});

test('a malformed address is told with an example', async (t) => {
  await finds(t, 'address: 10.0.0.300/24\nlayers: [wire]\n', ['MANIFEST_SHAPE 1:1'], '10.0.0.1/24');
});

test('bad YAML is told at its place', async (t) => {
  await finds(t, 'layers: [wire\nname: x\n', ['MANIFEST_SYNTAX 2:1']);
});

test('a key given twice is told', async (t) => {
  await finds(t, 'name: a\nname: b\nlayers: [wire]\n', ['MANIFEST_SYNTAX 2:1']);
});

test('a plugin that cannot be loaded is told with the cause', async (t) => {
  await finds(t, 'plugins: [./nowhere.js]\nlayers: [wire]\n', ['PLUGIN_UNKNOWN 1:11'], 'no loader');
});

test('several problems are told together, in the order of their places', async (t) => {
  await finds(t, 'layers: [note, { use: wire, x: 1 }, foo]\noverride:\n  toy.greeting: nothing\napps: [walk]\n', [
    'PLUGIN_OPTIONS 1:29',
    'STACK_LAYER_UNKNOWN 1:37',
    'IMPLEMENTATION_UNKNOWN 3:3',
    'IMPLEMENTATION_UNKNOWN 4:8',
  ]);
});

test('a manifest that is an object has the same problems, without places', async (t) => {
  const error = await t.throwsAsync(buildStack({ layers: ['note', 'foo'] }, { plugins: [toy] }));
  t.true(error instanceof ManifestError);
  t.deepEqual((error as ManifestError).problems.map((each) => each.code).sort(), [
    'STACK_LAYER_UNKNOWN',
    'STACK_LOWER_MISSING',
  ]);
  t.is((error as ManifestError).problems[0].place, undefined);
});

const lab = (links: string, rest = '') =>
  `defaults: { layers: [wire, note] }\ntopology:\n  nodes:\n    a: { address: 10.0.0.1/24, apps: [talk] }\n    b: { address: 10.0.0.2/24 }\n  links:\n${links}\n${rest}`;
const joined = '    - { use: string, endpoints: ["a:eth0", "b:eth0"] }';

test('a link to an unknown node is told at its endpoint', async (t) => {
  await finds(
    t,
    lab('    - { use: string, endpoints: ["a:eth0", "c:eth0"] }'),
    ['LAB_INTERFACE_OPEN 5:5', 'LAB_NODE_UNKNOWN 7:44'],
    'Nodes: a, b.',
  );
});

test('a link to an unknown interface is told at its endpoint', async (t) => {
  await finds(
    t,
    lab('    - { use: string, endpoints: ["a:eth0", "b:eth1"] }'),
    ['LAB_INTERFACE_OPEN 5:5', 'LAB_INTERFACE_UNKNOWN 7:44'],
    'Did you mean "eth0"?',
  );
});

test('an interface on two links is told at the second', async (t) => {
  await finds(t, lab(`${joined}\n${joined}`), ['LAB_INTERFACE_TAKEN 8:34', 'LAB_INTERFACE_TAKEN 8:44']);
});

test('options of a link are checked by its own schema', async (t) => {
  await finds(
    t,
    lab('    - { use: string, endpoints: [a, b], latency: 10 miles, los: 1% }'),
    ['PLUGIN_OPTIONS 7:41', 'PLUGIN_OPTIONS 7:60'],
    'Expected a time such as 10ms',
    'Did you mean "loss"?',
  );
});

test('a validation that cannot be read is told with the character', async (t) => {
  await finds(
    t,
    lab(
      joined,
      "validate:\n  - frame: 'note.key == '\n  - frame: note.key ~ 1\n  - { app: a/walk }\n  - { count: 1 }\n",
    ),
    ['EXPRESSION_SYNTAX 9:5', 'EXPRESSION_SYNTAX 10:5', 'LAB_APP_UNKNOWN 11:7', 'MANIFEST_SHAPE 12:5'],
    'at character 13: a value is missing',
    'Did you mean "a/talk"?',
  );
});
