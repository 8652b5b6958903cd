import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { minimise } from 'netwright';
import { folderWith, netwright } from '../cli/netwright.js';
import { example, pair } from './labs.js';

interface Moment {
  readonly time: number;
  readonly state: Record<string, string | number | boolean>;
  readonly frames: string[];
}

test('replay stops where the expression becomes true, with the state of the connection and the last frames', async (t) => {
  const cwd = folderWith({ 'lab.yaml': pair() });
  // Where the expression is never true, replay offers names: right's port is in no manifest.
  const never = await netwright(['replay', 'lab.yaml', '--seed', '7', '--break', 'left.tcp.none > 1'], { cwd });
  t.is(never.code, 1);
  t.regex(never.stderr, /BREAK_NEVER At no time up to/);
  const peer = /left\.tcp\.(10\.0\.0\.2:\d+)\.state/.exec(never.stderr)?.[1] ?? '';
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

test('the same seed gives the same capture, byte by byte, in two processes', async (t) => {
  const cwd = folderWith({});
  const digests: string[] = [];
  for (let i = 0; i < 2; i++) {
    const args = ['run', example('ten-hosts.yaml'), '--seed', '5', '--check', '-w', 'out.pcapng'];
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

test('the lossy pair keeps every invariant', async (t) => {
  for (const seed of [1, 2, 3])
    t.is(await minimise({ file: example('lossy-pair.yaml'), settings: [], until: null }, seed), null);
});
