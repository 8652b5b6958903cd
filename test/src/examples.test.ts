import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { netwright } from './cli/netwright.js';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));
const programs = readdirSync(`${folder}src`)
  .filter((each) => /^\d\d-.*\.ts$/.test(each))
  .map((each) => each.replace('.ts', ''));

function run(program: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`${folder}dist/${program}.js`], { timeout: 60_000 });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

// One at a time: they are told by their output, not by how they share a machine.
for (const program of programs) {
  test.serial(`the example ${program} ends by itself and prints what it should`, async (t) => {
    const { code, stdout, stderr } = await run(program);
    t.is(stderr, '');
    t.is(stdout, readFileSync(`${folder}golden/${program}.txt`, 'utf8'));
    t.is(code, 0);
  });
}

test('every example has its golden output, and a line in the README', (t) => {
  t.true(programs.length >= 9);
  t.deepEqual(readdirSync(`${folder}golden`).sort(), programs.map((each) => `${each}.txt`).sort());
  const readme = readFileSync(`${folder}README.md`, 'utf8');
  for (const program of programs) t.true(readme.includes(`node examples/dist/${program}.js`), program);
});

test('examples import what a user imports', (t) => {
  for (const program of programs) {
    const source = readFileSync(`${folder}src/${program}.ts`, 'utf8');
    const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from);
    for (const from of imported) {
      t.regex(from, /^(netwright|@netwright\/[a-z]+|\.\/carriers\/[a-z]+\.js)$/, `${program} imports ${from}`);
    }
  }
});

for (const name of readdirSync(`${folder}manifests`)) {
  test.serial(`the lab ${name} runs to its end, and keeps what every run must keep`, async (t) => {
    const scratch = mkdtempSync(join(tmpdir(), 'netwright-example-'));
    const { code, stdout, stderr } = await netwright(['run', '--check', `${folder}manifests/${name}`], {
      cwd: scratch,
    });
    t.is(stderr, '');
    t.true(stdout.endsWith('every application is done\n'), stdout);
    t.is(code, 0);
  });
}
