import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { definePlugin, manifestJsonSchema } from '@netwright/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { shippedPlugins } from 'netwright';
import { parse } from 'yaml';
import { z } from 'zod';
import { toy } from '../build/toy.js';

interface Schema {
  readonly [key: string]: Schema;
}
const schema = (plugins = [toy]) => manifestJsonSchema(plugins) as unknown as Schema & { $defs: Schema };

/** The branch of a choice that describes `{ use: name, … }`. */
const branch = (choice: Schema, name: string) =>
  (choice['anyOf'] as unknown as Schema[]).find((each) => (each['properties']?.['use']?.['const'] as unknown) === name);

test('options of layers, applications, links, devices and watchers are in it, and no others', (t) => {
  const { $defs } = schema();
  const note = branch($defs['layer'], 'note');
  t.deepEqual(Object.keys(note?.['properties'] ?? {}), ['use', 'limit']);
  t.is(note?.['additionalProperties'] as unknown, false);
  t.deepEqual(Object.keys(branch($defs['app'], 'talk')?.['properties'] ?? {}), [
    'use',
    'as',
    'override',
    'times',
    'every',
  ]);
  t.deepEqual(Object.keys(branch($defs['link'], 'string')?.['properties'] ?? {}), [
    'use',
    'endpoints',
    'as',
    'down',
    'latency',
    'loss',
  ]);
  t.truthy(branch($defs['device'], 'tin'));
  t.truthy(branch($defs['watch'], 'eye'));
});

test('each token has its implementations with their options', (t) => {
  const overrides = schema().$defs['override']['properties'];
  t.deepEqual(branch(overrides['toy.mark'], 'mark.fixed')?.['required'] as unknown, ['use', 'mark']);
  t.truthy(branch(overrides['toy.greeting'], 'greeting.fixed'));
  t.truthy(overrides['clock']);
});

test('every reference in it leads somewhere', (t) => {
  const whole = schema([...shippedPlugins]);
  const references = [...JSON.stringify(whole).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map((match) => match[1]);
  t.true(references.length > 0);
  for (const each of references) t.truthy(whole.$defs[each], each);
});

test('a plugin whose options JSON cannot describe does not spoil it', (t) => {
  const Shared = z.strictObject({ at: z.date() }).meta({ id: 'odd-shared' });
  const odd = definePlugin({
    name: 'odd',
    version: '1.0.0',
    layers: toy.layers,
    options: z.strictObject({ when: Shared, big: z.bigint() }) as never,
  });
  const { $defs } = schema([odd]);
  t.deepEqual(Object.keys(branch($defs['layer'], 'note')?.['properties'] ?? {}), ['use', 'when', 'big']);
  t.truthy($defs['odd-shared']);
});

const ajv = new Ajv2020({ strict: false, logger: false });
const accepts = ajv.compile(manifestJsonSchema(shippedPlugins));
const root = fileURLToPath(new URL('../../../examples/', import.meta.url));
const examples = (readdirSync(root, { recursive: true }) as string[]).filter(
  (each) => each.endsWith('.yaml') && !each.includes('node_modules'),
);

test('there are examples to try it on', (t) => {
  t.true(examples.length > 0);
});

for (const file of examples) {
  test(`an editor finds nothing wrong with examples/${file}`, (t) => {
    t.true(accepts(parse(readFileSync(join(root, file), 'utf8'), { merge: true })), JSON.stringify(accepts.errors));
  });
}

test('an editor refuses what the builder would refuse', (t) => {
  const node = { layers: ['ethernet'] };
  const wrong = [
    { layers: ['ethernet', { use: 'udp', nope: 1 }] },
    { layers: ['ethernet'], adress: '10.0.0.1/24' },
    { topology: { nodes: { a: node }, links: [{ endpoints: ['a'], latencyy: '1ms' }] } },
    { topology: { nodes: { a: node }, links: [{ endpoints: ['a'], latency: '1 mile' }] } },
    { layers: ['tcp'], override: { 'tcp.isn': { use: 'isn.fixed' } } },
    { name: 'no layers' },
  ];
  for (const each of wrong) t.false(accepts(each), JSON.stringify(each));
});
