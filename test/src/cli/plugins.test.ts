import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { folderWith, netwright } from './netwright.js';

/** A plugin without a dependency: a plugin is data, and a token is a symbol with a name. */
const plugin = (name: string, value: number) => `
export const plugin = {
  name: '${name}',
  version: '1.0.0',
  implementations: [{
    name: 'ttl.${name}',
    token: Symbol.for('netwright:ip.ttl'),
    summary: 'Always ${value}.',
    provide: () => ({ value: { ttl: () => ${value} } }),
  }],
};
`;

const manifest = (specifier: string, use: string) => `
plugins: ['${specifier}']
layers: [ethernet, arp, ipv4]
override: { ip.ttl: ${use} }
`;

test('a plugin is loaded by its path from the folder of the manifest, wherever the command runs', async (t) => {
  const folder = folderWith({ 'near.js': plugin('near', 3), 'a.yaml': manifest('./near.js', 'ttl.near') });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const { code, stdout, stderr } = await netwright(['graph', join(folder, 'a.yaml')]);
  t.is(code, 0, stderr);
  t.regex(stdout, /ttl\.near of plugin near/);
});

test('a plugin is loaded by the name of a package that is installed beside the manifest', async (t) => {
  const folder = folderWith({ 'a.yaml': manifest('far-away', 'ttl.far') });
  const home = join(folder, 'node_modules/far-away');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'package.json'),
    '{"name":"far-away","type":"module","exports":{".":{"import":"./main.js"}}}',
  );
  writeFileSync(join(home, 'main.js'), plugin('far', 4));
  const { code, stdout, stderr } = await netwright(['graph', join(folder, 'a.yaml')]);
  t.is(code, 0, stderr);
  t.regex(stdout, /ttl\.far of plugin far/);
});

test('a plugin that is not there is a problem with its line and what to do', async (t) => {
  const folder = folderWith({ 'a.yaml': manifest('./gone.js', 'ttl.fixed') });
  const { code, stderr } = await netwright(['validate', 'a.yaml'], { cwd: folder });
  t.is(code, 1);
  t.regex(stderr, /^a\.yaml:2:11 PLUGIN_UNKNOWN .*gone\.js/m);
});
