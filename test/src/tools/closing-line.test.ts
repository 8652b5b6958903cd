import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const good = "import test from 'ava'; test('good', (t) => t.pass());";

/** Runs tools/test.mjs over a workspace with this one test file. */
function closing(source: string | null, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'netwright-tools-'));
  try {
    mkdirSync(join(folder, 'tools'));
    mkdirSync(join(folder, 'test/dist'), { recursive: true });
    copyFileSync(join(root, 'tools/test.mjs'), join(folder, 'tools/test.mjs'));
    symlinkSync(join(root, 'test/node_modules'), join(folder, 'test/node_modules'));
    const settings = { type: 'module', ava: { files: ['dist/*.test.js'], workerThreads: false } };
    writeFileSync(join(folder, 'test/package.json'), JSON.stringify(settings));
    if (source !== null) writeFileSync(join(folder, 'test/dist/a.test.js'), source);
    const { status, stdout } = spawnSync(process.execPath, [join(folder, 'tools/test.mjs'), ...args], {
      encoding: 'utf8',
    });
    return { status, last: stdout.trimEnd().split('\n').at(-1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const [what, source, last, status] of [
  ['passes', good, '1 passed, 0 failed', 0],
  ['skips', `${good} test.skip('s', (t) => t.pass()); test.todo('later');`, '1 passed, 0 failed, 2 skipped', 0],
  ['fails', `${good} test('bad', (t) => t.fail());`, '1 passed, 1 failed', 1],
  [
    'throws after its tests',
    "import test from 'ava'; test('good', (t) => { setTimeout(() => { throw new Error('late'); }, 5); t.pass(); });",
    '1 passed, 1 failed',
    1,
  ],
  ['ends the process', "import test from 'ava'; test('exits', () => process.exit(0));", '0 passed, 1 failed', 1],
  ['cannot be loaded', "throw new Error('boom');", '0 passed, 1 failed', 1],
  ['has no tests', 'export {};', '0 passed, 1 failed', 1],
  ['is not there', null, '0 passed, 1 failed', 1],
] as const) {
  test(`a test file that ${what} ends the run with "${last}" and exit code ${status}`, (t) => {
    t.deepEqual(closing(source), { status, last });
  });
}

test('a filter that fits nothing is a failure', (t) => {
  t.deepEqual(closing(good, '-m', 'nothing*'), { status: 1, last: '0 passed, 1 failed' });
});
