import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { folderWith, netwright } from '../cli/netwright.js';
import { example, pair } from './labs.js';

interface Moment {
  readonly time: number;
  readonly state: Record<string, string | number | boolean>;
  readonly frames: string[];
}

/** The remote port of right's connection is in no manifest: it is read from what replay offers. */
async function connection(cwd: string, seed: number): Promise<string> {
  const { stderr } = await netwright(
    ['replay', 'lab.yaml', '--seed', String(seed), '--break', 'left.tcp.none > 1', '--until', '20s'],
    { cwd },
  );
  return /left\.tcp\.(10\.0\.0\.2:\d+)\.state/.exec(stderr)?.[1] ?? '';
}

test('replay stops where the expression becomes true, with the state of the connection and the last frames', async (t) => {
  const cwd = folderWith({ 'lab.yaml': pair() });
  const peer = await connection(cwd, 7);
  t.regex(peer, /^10\.0\.0\.2:\d+$/);
  const expression = `left.tcp.${peer}.state == "CLOSE_WAIT" && left.tcp.${peer}.rcvNxt > 1`;
  const args = ['replay', 'lab.yaml', '--seed', '7', '--break', expression];
  const { code, stdout, stderr } = await netwright([...args, '--json', '--frames', '4'], { cwd });
  t.is(code, 0, stderr);
  const { time, state, frames } = JSON.parse(stdout) as Moment;
  t.is(state[`left.tcp.${peer}.state`], 'CLOSE_WAIT');
  t.true(Number(state[`left.tcp.${peer}.cwnd`]) > 0);
  t.is(frames.length, 4);
  t.true(time > 0 && time < 60_000);
  const text = await netwright(args, { cwd });
  t.regex(text.stdout, new RegExp(`^at ${(time / 1000).toFixed(6).replace('.', '\\.')} s: `, 'm'));
  t.regex(text.stdout, /left\.tcp\.[\d.:]+\.state +CLOSE_WAIT/);
  // One moment before, it is not true yet.
  const before = await netwright([...args, '--until', `${time - 0.001}ms`], { cwd });
  t.is(before.code, 1);
  t.regex(before.stderr, /BREAK_NEVER At no time up to/);
});

test('an expression that is never true is told with what could be asked', async (t) => {
  const cwd = folderWith({ 'lab.yaml': pair() });
  const never = await netwright(['replay', 'lab.yaml', '--break', 'left.exchange.sent > 1000000000'], { cwd });
  t.is(never.code, 1);
  t.regex(never.stderr, /BREAK_NEVER .*\n.*left\.exchange\.sent/);
});

for (const name of ['lossy-pair', 'ten-hosts']) {
  test(`${name}: the same seed gives the same capture, byte by byte, in two processes`, async (t) => {
    const cwd = folderWith({});
    const digests: string[] = [];
    for (const seed of ['5', '5']) {
      const args = ['run', example(`${name}.yaml`), '--seed', seed, '--check', '-w', 'out.pcapng'];
      const { code, stdout } = await netwright(args, { cwd });
      t.is(code, 0, stdout);
      digests.push(
        createHash('sha256')
          .update(readFileSync(join(cwd, 'out.pcapng')))
          .digest('hex'),
      );
    }
    t.is(digests[0], digests[1]);
  });
}
