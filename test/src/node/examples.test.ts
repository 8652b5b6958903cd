import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { netwright } from '../cli/netwright.js';

const folder = fileURLToPath(new URL('../../../examples/', import.meta.url));
const examples = readdirSync(folder)
  .filter((each) => existsSync(`${folder}${each}/golden.txt`))
  .sort();
/** Its server is the system's: test/src/live runs it. */
const LIVE_ONLY = ['postgres'];
/** Runs with its capture, below. */
const CAPTURED = ['hijacker'];

const golden = (example: string, file = 'golden.txt') => readFileSync(`${folder}${example}/${file}`, 'utf8');

/** What `pnpm start` runs in the folder of an example, when everything is built. */
function start(example: string): string {
  const { scripts } = JSON.parse(readFileSync(`${folder}${example}/package.json`, 'utf8'));
  return scripts.start.replace('pnpm -s -w build && ', '');
}

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(example: string, env: Record<string, string> = {}): Promise<Said> {
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  const child = spawn('sh', ['-c', start(example)], {
    cwd: `${folder}${example}`,
    env: { ...process.env, PATH, NO_COLOR: '1', ...env },
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (data) => {
      said[stream] += data;
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })));
}

for (const example of examples.filter((each) => ![...LIVE_ONLY, ...CAPTURED].includes(each))) {
  test.serial(`the example ${example} runs over a stack of ours and prints what it should`, async (t) => {
    t.deepEqual(await run(example), { code: 0, stdout: golden(example), stderr: '' });
  });
}

test.serial('the capture of the hijacker shows that each SYN was answered with sequence number 5555', async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), 'netwright-example-'));
  t.teardown(() => rmSync(scratch, { recursive: true }));
  const capture = `${folder}hijacker/hijacked.pcapng`;
  t.deepEqual(await run('hijacker'), { code: 0, stdout: golden('hijacker'), stderr: '' });
  t.teardown(() => rmSync(capture));
  const { stdout } = await netwright(['trace', '--absolute', '--only', 'handshake', capture], { cwd: scratch });
  const sent = stdout.split('\n').filter((line) => line.includes(' > IP '));
  const numbers = sent.filter((line) => line.includes('[S],')).map((line) => Number(/seq (\d+)/.exec(line)?.[1]));
  t.is(numbers.length, 2);
  t.false(numbers.includes(5555));
  // Without what is another in each run: the time, the client's port and number, and what follows the numbers.
  const shown = sent.map((line) =>
    numbers
      .reduce((text, each) => text.replace(`seq ${each}`, 'seq N').replace(`ack ${(each + 1) >>> 0}`, 'ack N+1'), line)
      .replace(/^.* > IP /, '')
      .replace(/127\.0\.0\.1\.\d{5}/, '127.0.0.1.PORT')
      .replace(/, win .*/, ''),
  );
  t.is(`${shown.join('\n')}\n`, golden('hijacker', 'golden-capture.txt'));
});

test('every example has a line in the README, with the command that runs it', (t) => {
  t.true(examples.length >= 13);
  const readme = readFileSync(`${folder}README.md`, 'utf8');
  for (const example of examples) {
    t.true(readme.includes(`[${example}](${example})`), example);
    if (!LIVE_ONLY.includes(example)) t.true(readme.includes(`--filter netwright-example-${example} start\``), example);
  }
});

test('the programs of the examples know nothing of the stack', (t) => {
  for (const example of examples) {
    for (const file of readdirSync(`${folder}${example}`).filter((each) => each.endsWith('.mjs'))) {
      // The plugin of the hijacker is no program.
      if (file === 'handshake.mjs') continue;
      const imported = [...golden(example, file).matchAll(/from '([^']+)'/g)].map(([, from]) => from);
      t.deepEqual(
        imported.filter((from) => from.includes('netwright')),
        [],
        `${example}/${file}`,
      );
    }
  }
});
