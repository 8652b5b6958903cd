// Runs the tests of every project that has some, passes AVA's output through and ends with one line for machines:
// `N passed, N failed` (`, N skipped`). Whatever goes wrong outside a test counts as a failure of its own: a file that
// crashes, exits, times out, throws after its tests, has none, or does not end. Arguments go to AVA: `node tools/test.mjs -m '*arp*'`.
//
// It reads AVA's default output rather than `--tap`: the TAP reporter of AVA 7 dies when a test calls process.exit.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
/** ms without a word after which nothing more is to come: what a test left open keeps its process alive for ever. */
const SILENCE = 180_000;
const total = { passed: 0, failed: 0, skipped: 0 };

for (const project of ['test', 'examples/plugin-template']) {
  const folder = join(root, project);
  if (!hasTests(folder)) continue;
  const seen = await run(folder);
  for (const key of Object.keys(total)) total[key] += seen[key];
}
if (total.passed + total.failed === 0) {
  console.log('\nNo test ran: that is a failure.');
  total.failed = 1;
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;

function hasTests(folder) {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).ava !== undefined;
}

/** Runs AVA in `folder` and counts what it says. */
function run(folder) {
  const seen = { passed: 0, failed: 0, skipped: 0, empty: false };
  // The command lies beside the module that AVA exports.
  const ava = join(dirname(createRequire(join(folder, 'package.json')).resolve('ava')), 'cli.mjs');
  const child = spawn(process.execPath, [ava, '--no-color', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    // TERM=linux would make AVA write its marks in ASCII.
    env: { ...process.env, NO_COLOR: '1', TERM: 'dumb' },
  });
  let rest = '';
  let silence = setTimeout(giveUp, SILENCE);
  function giveUp() {
    console.log(`\n  ✘ no word for ${SILENCE / 1000} s: a test file does not end`);
    seen.failed++;
    // Its workers end when they are no longer connected to it.
    child.kill('SIGKILL');
  }
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    clearTimeout(silence);
    silence = setTimeout(giveUp, SILENCE);
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) count(line, seen);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error);
      seen.failed++;
      resolve(seen);
    });
    child.on('close', (code) => {
      clearTimeout(silence);
      count(rest, seen);
      // AVA is unhappy about something that no line named: it must not pass for a success.
      if (code !== 0 && seen.failed === 0 && !seen.empty) seen.failed = 1;
      resolve(seen);
    });
  });
}

/** One line of AVA's output. Its own lines are indented by two spaces exactly; what tests log lies deeper. */
function count(line, seen) {
  // A filter may fit one project and not the other; that none ran at all is found at the end.
  if (args.length > 0 && /^ {2}✘ Couldn’t find any /.test(line)) seen.empty = true;
  else if (/^ {2}✔ /.test(line)) seen.passed++;
  else if (/^ {2}- \[(skip|todo)\] /.test(line)) seen.skipped++;
  else if (/^ {2}✘ (?!\d+ tests? )/.test(line)) seen.failed++;
}
