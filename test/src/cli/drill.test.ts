import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { netwright } from './netwright.js';

const PASSES = '0 < . 1000:1000(0) ack 5000 win 65535\n+0 > R 5000:5000(0)\n';

/** A folder with a script of each kind. */
function scripts(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drill-'));
  mkdirSync(join(folder, 'inner'));
  writeFileSync(join(folder, 'a-passes.pkt'), PASSES);
  writeFileSync(join(folder, 'inner', 'b-fails.pkt'), PASSES.replace('R 5000:5000', 'R 5001:5001'));
  writeFileSync(join(folder, 'inner', 'c-is-unsupported.pkt'), '0 socket(AF_INET6, SOCK_STREAM, 0) = 3\n');
  writeFileSync(join(folder, 'inner', 'notes.txt'), 'no script');
  return folder;
}

async function nw(...args: string[]): Promise<{ code: number | null; out: string }> {
  const { code, stdout } = await netwright(args);
  return { code, out: stdout.trimEnd() };
}

test('does `drill` run every script below a folder, and say which failed and why?', async (t) => {
  const { code, out } = await nw('drill', scripts());
  t.is(code, 1);
  t.regex(out, /b-fails\.pkt:2 failed: another sequence number: expected R 5001:5001\(0\), got R 5000:5000\(0\)/);
  t.regex(out, /c-is-unsupported\.pkt:1 unsupported: socket\(AF_INET6\)/);
  t.regex(out, /\n1 passed, 1 failed, 1 unsupported$/);
  t.notRegex(out, /a-passes/);
});

test('does `drill --json` write counts, and each script with its result, line and reason?', async (t) => {
  const { code, out } = await nw('drill', scripts(), '--json');
  t.is(code, 1);
  const report = JSON.parse(out) as {
    passed: number;
    scripts: { file: string; result: string; line: number; reason: string }[];
  };
  t.like(report, { passed: 1, failed: 1, unsupported: 1 });
  t.deepEqual(
    report.scripts.map(({ result, line }) => [result, line]),
    [
      ['passed', 0],
      ['failed', 2],
      ['unsupported', 1],
    ],
  );
  t.deepEqual(Object.keys(report.scripts[0]), ['file', 'result', 'line', 'reason']);
});

test('does `drill` succeed where nothing failed, and take names and a score?', async (t) => {
  const file = join(scripts(), 'a-passes.pkt');
  t.is((await nw('drill', file, '--score', 'strict')).code, 0);
  writeFileSync(file, PASSES.replace('R 5000:5000', 'R NUMBER:NUMBER'));
  t.is((await nw('drill', file, '-D', 'NUMBER=5000')).code, 0);
  t.is((await nw('drill', file)).code, 1);
});

test('is `drill` of what is not there, or with an unknown score, a wrong call?', async (t) => {
  t.is((await nw('drill', '/nowhere/a.pkt')).code, 2);
  t.is((await nw('drill', scripts(), '--score', 'kind')).code, 2);
  t.is((await nw('drill', scripts(), '-D', '7=8')).code, 2);
});
