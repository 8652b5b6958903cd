import test from 'ava';
import { folderWith, netwright } from './netwright.js';

const SOUND = `name: sound
layers: [ethernet, arp, ipv4, icmp, udp]
`;

const BROKEN = `name: broken
layers:
  - ethernet
  - arp
  - ipv4
  - updd
override:
  ip.ttl: { use: ttl.fixed, value: 9999 }
`;

test('a command that is called wrongly exits with 2 and says how to call it', async (t) => {
  for (const args of [[], ['nope'], ['validate'], ['run', 'a.yaml', '--nope'], ['guard', 'nope']]) {
    const { code, stderr } = await netwright(args);
    t.is(code, 2, args.join(' '));
    t.regex(stderr, /Usage: netwright|netwright help/, args.join(' '));
  }
});

test('help and version exit with 0', async (t) => {
  const help = await netwright(['--help']);
  t.is(help.code, 0);
  for (const each of ['run', 'validate', 'graph', 'trace', 'guard', 'doctor', 'plugin', 'schema']) {
    t.true(help.stdout.includes(`\n  ${each} `), each);
  }
  const version = await netwright(['--version']);
  t.is(version.code, 0);
  t.regex(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

test('a manifest that is not there exits with 2 and names the file', async (t) => {
  const { code, stderr } = await netwright(['validate', 'no-such.yaml']);
  t.is(code, 2);
  t.regex(stderr, /FILE_UNREADABLE "no-such\.yaml" cannot be read: ENOENT/);
});

test('a sound manifest validates with 0', async (t) => {
  const { code, stdout, stderr } = await netwright(['validate', 'sound.yaml'], {
    cwd: folderWith({ 'sound.yaml': SOUND }),
  });
  t.is(stderr, '');
  t.is(stdout, 'sound.yaml: sound\n');
  t.is(code, 0);
});

test('every problem of a manifest is told with file, line, column and remedy, and exits with 1', async (t) => {
  const { code, stderr } = await netwright(['validate', 'broken.yaml'], { cwd: folderWith({ 'broken.yaml': BROKEN }) });
  t.is(code, 1);
  t.regex(stderr, /^broken\.yaml:6:5 STACK_LAYER_UNKNOWN .*"updd"/m);
  t.regex(stderr, /Did you mean "udp"\?/);
  t.regex(stderr, /^broken\.yaml:8:\d+ PLUGIN_OPTIONS .*value/m);
});

test('problems as JSON carry the same, field by field', async (t) => {
  const cwd = folderWith({ 'broken.yaml': BROKEN });
  for (const command of ['validate', 'graph', 'run']) {
    const { code, stdout } = await netwright([command, 'broken.yaml', '--json'], { cwd });
    const { ok, problems } = JSON.parse(stdout) as { ok: boolean; problems: Record<string, unknown>[] };
    t.is(code, 1, command);
    t.false(ok);
    t.like(problems[0], { code: 'STACK_LAYER_UNKNOWN', file: 'broken.yaml', line: 6, column: 5 });
    t.is(typeof problems[0].what, 'string');
    t.is(typeof problems[0].remedy, 'string');
  }
});

test('YAML that cannot be read is told with its place', async (t) => {
  const cwd = folderWith({ 'torn.yaml': 'layers: [ethernet\nname: x\n' });
  const { code, stderr } = await netwright(['run', 'torn.yaml'], { cwd });
  t.is(code, 1);
  t.regex(stderr, /^torn\.yaml:\d+:\d+ MANIFEST_SYNTAX /);
});

test('an option that cannot be read exits with 2', async (t) => {
  const cwd = folderWith({ 'sound.yaml': SOUND });
  const { code, stderr } = await netwright(['run', 'sound.yaml', '--until', 'soon'], { cwd });
  t.is(code, 2);
  t.regex(stderr, /OPTION_MALFORMED "soon" is no value for --until/);
});

test('a module may export a manifest', async (t) => {
  const cwd = folderWith({
    'sound.mjs': "export const manifest = { layers: ['ethernet', 'arp', 'ipv4'] };",
    'empty.mjs': 'export const nothing = 1;',
  });
  t.is((await netwright(['validate', 'sound.mjs'], { cwd })).code, 0);
  const empty = await netwright(['validate', 'empty.mjs'], { cwd });
  t.is(empty.code, 1);
  t.regex(empty.stderr, /MANIFEST_MODULE/);
});
