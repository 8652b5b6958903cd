import {
  type BuildOptions,
  buildStack,
  checkManifest,
  definePlugin,
  Layer,
  layer,
  override,
  type Packet,
} from '@netwright/core';
import test from 'ava';
import { z } from 'zod';
import { GREETING, Lost, misfits, NOTE_OPTIONS, toy } from './toy.js';

@layer({ name: 'bell', over: [{ layer: 'wire', key: 5 }] })
class Bell extends Layer {
  receive(packet: Packet): void {
    packet.release();
  }
}
const bell = definePlugin({ name: 'bell', version: '1.0.0', layers: [Bell] });

const build = (manifest: string | object, options: BuildOptions = {}) =>
  buildStack(manifest, { plugins: [toy], file: 'm.yaml', ...options });
const problems = async (manifest: string, options: BuildOptions = {}) =>
  (await checkManifest(manifest, { plugins: [toy, misfits], file: 'm.yaml', ...options })).map(
    (each) => `${each.code} ${each.place?.line}:${each.place?.column} ${each.what}`,
  );

test('a plugin is loaded by path or by package name, from where the manifest lies', async (t) => {
  const asked: string[] = [];
  const loadPlugin = async (specifier: string, from: string) => {
    asked.push(`${specifier} from ${from}`);
    return { bell, other: 5 };
  };
  const manifest = (name: string) => `plugins: [${name}]\nlayers: [wire, bell]\n`;
  for (const name of ['./bell.js', 'some-bell']) {
    const stack = await build(manifest(name), { loadPlugin });
    t.truthy(stack.layer(Bell));
  }
  t.deepEqual(asked, ['./bell.js from m.yaml', 'some-bell from m.yaml']);
});

test('a loader may give the plugin itself', async (t) => {
  const stack = await build('plugins: [x]\nlayers: [wire, bell]\n', { loadPlugin: async () => bell });
  t.truthy(stack.layer(Bell));
});

test('a module without a plugin, and one that does not load, are told with the cause', async (t) => {
  t.deepEqual(await problems('plugins: [./a.js]\nlayers: [wire]\n', { loadPlugin: async () => ({ five: 5 }) }), [
    'PLUGIN_UNKNOWN 1:11 The plugin "./a.js" could not be loaded: it exports nothing made with definePlugin.',
  ]);
  const loadPlugin = async () => {
    throw new Error('no such file.');
  };
  t.deepEqual(await problems('plugins:\n  - { use: ./a.js }\nlayers: [wire]\n', { loadPlugin }), [
    'PLUGIN_UNKNOWN 2:7 The plugin "./a.js" could not be loaded: no such file.',
  ]);
});

test('a plugin in JavaScript that misspells a part of it, or gives another kind of thing, is told', async (t) => {
  const told = async (odd: object) =>
    problems('plugins: [./a.js]\nlayers: [wire]\n', { loadPlugin: async () => ({ ...bell, ...odd }) });
  t.deepEqual(await told({ override: [] }), [
    'PLUGIN_SHAPE 1:11 The plugin "bell" is not declared as plugins are: it has "override".',
  ]);
  t.deepEqual(await told({ overrides: [] }), [
    'PLUGIN_SHAPE 1:11 The plugin "bell" is not declared as plugins are: "overrides" is not a function.',
  ]);
  t.deepEqual(await told({ layers: [Layer] }), [
    'LAYER_UNDECLARED 1:11 The class Layer is used as a layer but declares nothing.',
  ]);
  t.deepEqual(await told({ summary: undefined }), []);
});

test('an override of a listed plugin that lost its injection is told where the plugin is listed', async (t) => {
  const hush = definePlugin({
    name: 'hush',
    version: '1.0.0',
    overrides: () => [override(GREETING, { class: Lost })],
  });
  t.deepEqual(await problems('layers: [wire, note]\nplugins: [./h.js]\n', { loadPlugin: async () => hush }), [
    'OVERRIDE_LOST_INJECTION 2:11 Lost extends Hello, which takes 2 injected arguments, but declares none itself: they would all be undefined.',
  ]);
});

test('a layer of a listed plugin goes before one of the same name on offer', async (t) => {
  @layer({ name: 'bell', over: [{ layer: 'wire', key: 6 }] })
  class Gong extends Bell {}
  const gong = definePlugin({ name: 'gong', version: '1.0.0', layers: [Gong] });
  const plugins = [toy, bell];
  t.false((await build('layers: [wire, bell]\n', { plugins })).layer(Bell) instanceof Gong);
  const loadPlugin = async () => gong;
  const stack = await build('plugins: [gong]\nlayers: [wire, bell]\n', { plugins, loadPlugin });
  t.true(stack.layer(Bell) instanceof Gong);
});

test('options are given with a layer or where the plugin is listed, and told where they are written', async (t) => {
  const limit = async (manifest: string) => (await build(manifest)).container.get(NOTE_OPTIONS).limit;
  t.is(await limit('layers: [wire, { use: note, limit: 5 }]\n'), 5);
  t.is(await limit('plugins: [{ use: toy, limit: 6 }]\nlayers: [wire, note]\n'), 6);
  t.is(await limit('plugins: [{ use: toy, limit: 6 }]\nlayers: [wire, { use: note, limit: 7 }]\n'), 7);
  t.is(await limit('layers: [wire, note]\n'), 1000);
  const found = await problems('plugins: [{ use: toy, limmit: 6 }]\nlayers: [wire, { use: note, limit: x }]\n');
  t.deepEqual(
    found.map((each) => each.split(' ').slice(0, 2).join(' ')),
    ['PLUGIN_OPTIONS 1:23', 'PLUGIN_OPTIONS 2:29'],
  );
});

test('a plugin that only offers does not act until it is used', async (t) => {
  const acts: string[] = [];
  const shy = definePlugin({
    name: 'shy',
    version: '1.0.0',
    options: z.strictObject({}),
    layers: [Bell],
    bind: () => void acts.push('bound'),
  });
  await build('layers: [wire]\n', { plugins: [toy, shy] });
  t.deepEqual(acts, []);
  await build('layers: [wire, bell]\n', { plugins: [toy, shy] });
  t.deepEqual(acts, ['bound']);
});

test('a layer that needs what nobody binds is told by name', async (t) => {
  const error = await t.throwsAsync(build('layers: [needy]\n', { plugins: [misfits] }), { code: 'STACK_RESOLVE' });
  t.regex(error?.message ?? '', /Layer "needy" could not be made: .*nobody/);
});

test('JSON, YAML and an object give the same stack', async (t) => {
  const object = { name: 'one', layers: ['note', { use: 'wire' }] };
  for (const manifest of [object, JSON.stringify(object), 'name: one\nlayers: [note, { use: wire }]\n']) {
    const stack = await build(manifest);
    t.is(stack.name, 'one');
    t.deepEqual(
      stack.layers.map((each) => each.name),
      ['wire', 'note'],
    );
  }
});

test('what is registered is what the declarations say, as by hand', async (t) => {
  const stack = await build('layers: [note, bell, wire]\n', { plugins: [toy, bell] });
  const [wire] = stack.layers;
  t.deepEqual([...wire.uppers].map(([key, each]) => `${key} ${each.name}`).sort(), ['1 note', '5 bell']);
  t.deepEqual(
    stack.layers.slice(1).map((each) => each.below),
    [[wire], [wire]],
  );
});
