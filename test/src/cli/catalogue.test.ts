import * as layers from '@netwright/layers';
import * as plugins from '@netwright/plugins';
import test from 'ava';
import * as door from 'netwright';

const isPlugin = (each: unknown): each is { name: string; version: string } =>
  typeof each === 'object' && each !== null && 'name' in each && 'version' in each && 'summary' in each;

test('every plugin that layers and plugins export ships with the command', (t) => {
  const exported = [...Object.values(layers), ...Object.values(plugins)].filter(isPlugin).map(({ name }) => name);
  const shipped = door.shippedPlugins.map(({ name }) => name);
  t.true(exported.length > 8);
  t.deepEqual(
    exported.filter((name) => !shipped.includes(name)),
    [],
  );
});

test('no two shipped plugins have one name, and no two implementations of a token', (t) => {
  const names = door.shippedPlugins.map(({ name }) => name);
  t.deepEqual(names, [...new Set(names)]);
  const offered = door.shippedPlugins.flatMap((each) =>
    (each.implementations ?? []).map(({ name, token }) => `${door.tokenName(token)} ${name}`),
  );
  t.deepEqual(offered, [...new Set(offered)]);
});

test('one door leads to everything that core, layers and plugins export', async (t) => {
  const core = await import('@netwright/core');
  for (const name of [core, layers, plugins].flatMap((each) => Object.keys(each))) t.true(name in door, name);
});
