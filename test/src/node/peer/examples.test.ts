import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const folder = fileURLToPath(new URL('../../../../examples/testing/', import.meta.url));
const ava = join(dirname(createRequire(join(folder, 'package.json')).resolve('ava')), 'cli.mjs');

/** What a run inherits must not say that it runs within another one. */
const { NODE_TEST_CONTEXT: _, ...env } = process.env;

const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, args, { cwd: folder, env: { ...env, NO_COLOR: '1' }, timeout: 60_000 });

test('the example for node:test passes', async (t) => {
  const { stdout } = await run('--test', '--test-reporter=tap', 'quotes.node-test.mjs');
  t.regex(stdout, /^# pass 6$/m);
  t.regex(stdout, /^# fail 0$/m);
});

test('the example for AVA passes', async (t) => {
  const { stdout } = await run(ava, 'quotes.ava.mjs');
  t.regex(stdout, /3 tests passed/);
});

test('the page about testing shows what runs', (t) => {
  const page = readFileSync(join(folder, '../../docs/testing.md'), 'utf8');
  const example = readFileSync(join(folder, 'quotes.node-test.mjs'), 'utf8');
  const [, shown] = page.match(/```js\n(import assert[\s\S]*?)```/) ?? [];
  const lines = (shown ?? '').split('\n').filter((each) => each.trim() !== '');
  t.true(lines.length > 15);
  for (const each of lines) t.true(example.includes(each), each);
});
