import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { folderWith, netwright, starting } from './netwright.js';

const LAB = `sim: { seed: 1, stop_time: 10s }
defaults: { layers: [ethernet, arp, ipv4, icmp, tcp] }
topology:
  nodes:
    srv: { address: 10.0.0.1/24, apps: [discard] }
    cli: { address: 10.0.0.2/24, apps: [{ use: source, address: 10.0.0.1, bytes: 10kB }] }
  links: [{ endpoints: [srv, cli], latency: 1ms }]
validate:
  - { app: srv/discard, expect: { bytes: 10000, sha256: cli/source.sha256 } }
`;

const STACK = `name: lonely
device: loopback
address: 10.0.0.1/24
layers: [ethernet, arp, ipv4, icmp, tcp]
apps: [echo]
`;

test('a lab runs until its applications are done, and exits with 0', async (t) => {
  const { code, stdout } = await netwright(['run', 'lab.yaml'], { cwd: folderWith({ 'lab.yaml': LAB }) });
  t.is(code, 0, stdout);
  t.regex(stdout, /^srv\/discard {2}connections 1, bytes 10000, sha256 [0-9a-f]{64}$/m);
  t.regex(stdout, /^ok {4}srv\/discard is as expected: bytes 10000, /m);
  t.regex(stdout, /every application is done\n$/);
});

test('the outcome as JSON has reports, validation and time', async (t) => {
  const { code, stdout } = await netwright(['run', 'lab.yaml', '--json'], { cwd: folderWith({ 'lab.yaml': LAB }) });
  t.is(code, 0);
  const outcome = JSON.parse(stdout) as {
    ok: boolean;
    ended: string;
    time: number;
    reports: object;
    validation: object[];
  };
  t.like(outcome, { ok: true, ended: 'done', reports: { 'cli/source': { bytes: 10_000, outcome: 'complete' } } });
  t.is(outcome.validation.length, 1);
  t.true(outcome.time > 0 && outcome.time < 10_000);
});

test('--until ends a lab early, and what was validated then fails with 1', async (t) => {
  const cwd = folderWith({ 'lab.yaml': LAB });
  const { code, stdout } = await netwright(['run', 'lab.yaml', '--until', '2ms'], { cwd });
  t.is(code, 1);
  t.regex(stdout, /^FAIL {2}srv\/discard: .*bytes is 0, expected 10000/m);
  t.regex(stdout, /ended after 0\.002 s: its time is over\n$/);
});

test('-w writes what trace reads, and -v prints the same frames as they go', async (t) => {
  const cwd = folderWith({ 'lab.yaml': LAB });
  const run = await netwright(['run', 'lab.yaml', '-v', '-w', 'out.pcapng'], { cwd });
  t.is(run.code, 0, run.stderr);
  t.true(existsSync(join(cwd, 'out.pcapng')));
  const printed = run.stdout.split('\n').filter((line) => line.includes(' > IP '));
  const trace = await netwright(['trace', 'out.pcapng'], { cwd });
  const frames = trace.stdout.split('\n').filter((line) => line.includes(' > IP '));
  t.true(frames.length > 10);
  t.deepEqual(frames, printed);
});

test('trace shows numbers as on the wire, reasons, and fields as JSON', async (t) => {
  const cwd = folderWith({ 'lab.yaml': LAB });
  await netwright(['run', 'lab.yaml', '-w', 'out.pcapng'], { cwd });
  const absolute = await netwright(['trace', 'out.pcapng', '-S', '-v', '--only', 'handshake'], { cwd });
  t.regex(absolute.stdout, /Flags \[S\.\], seq \d+, ack \d{2,}, .*\n {2}└ tcp\.synack\n/);
  const { stdout } = await netwright(['trace', 'out.pcapng', '--json', '--only', 'handshake'], { cwd });
  const { frames } = JSON.parse(stdout) as {
    frames: { at: string; reason: string; fields: Record<string, unknown> }[];
  };
  t.is(frames.length, 3);
  t.like(frames[0], { reason: 'tcp.syn', fields: { 'tcp.flags': 'S', 'ip.src': '10.0.0.2' } });
  t.regex(frames[0].at, /^\d+$/);
});

test('a file that is no capture is told as such', async (t) => {
  const cwd = folderWith({ 'lab.yaml': LAB });
  const wrong = await netwright(['trace', 'lab.yaml'], { cwd });
  t.is(wrong.code, 1);
  t.regex(wrong.stderr, /CAPTURE_FILE_MALFORMED/);
  t.is((await netwright(['trace', 'gone.pcapng'], { cwd })).code, 2);
});

test('a stack runs in real time until it is interrupted, then stops in order and exits with 0', async (t) => {
  const cwd = folderWith({ 'stack.yaml': STACK });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const { child, finished } = starting(['run', 'stack.yaml', '-w', `${signal}.pcapng`], { cwd });
    // The capture is opened when the stack starts: from then on a signal is an orderly stop.
    while (!existsSync(join(cwd, `${signal}.pcapng`))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill(signal);
    const { code, stdout, stderr } = await finished;
    t.is(code, 0, stderr);
    t.regex(stdout, /it was stopped\n$/);
    t.true(readFileSync(join(cwd, `${signal}.pcapng`)).length > 0);
  }
});

test('--until ends a stack in real time', async (t) => {
  const cwd = folderWith({ 'stack.yaml': STACK });
  const { code, stdout, stderr } = await netwright(['run', 'stack.yaml', '--until', '100ms'], { cwd });
  t.is(code, 0);
  // On the error output, so that results can be piped: whoever waits for the stack may begin.
  t.regex(stderr, /^running: \w+, eth0 10\.0\.0\.1\/\d+\n$/);
  t.regex(stdout, /ended after 0\.\d+ s: its time is over\n$/);
});

test('a client that fails makes the run exit with 1 and says why, unless that is what was validated', async (t) => {
  const refused = LAB.replace('apps: [discard]', 'apps: [echo]').split('validate:')[0];
  const expected = `${refused}validate:\n  - { app: cli/source, expect: { outcome: ECONNREFUSED } }\n`;
  const cwd = folderWith({ 'refused.yaml': refused, 'expected.yaml': expected });
  const run = await netwright(['run', 'refused.yaml'], { cwd });
  t.is(run.code, 1);
  t.regex(run.stdout, /^FAIL {2}cli\/source: ECONNREFUSED$/m);
  const json = await netwright(['run', 'refused.yaml', '--json'], { cwd });
  t.like(JSON.parse(json.stdout), { ok: false, failures: { 'cli/source': 'ECONNREFUSED' } });
  t.is((await netwright(['run', 'expected.yaml'], { cwd })).code, 0);
});
