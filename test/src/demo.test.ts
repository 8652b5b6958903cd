import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { frameFields, readCapture } from 'netwright';
import { folderWith, netwright } from './cli/netwright.js';

const manifest = fileURLToPath(new URL('../../examples/manifests/demo.yaml', import.meta.url));
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

async function demo(...args: string[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'netwright-demo-'));
  const finished = await netwright(['run', manifest, ...args], { cwd });
  return { ...finished, cwd, capture: readFileSync(join(cwd, 'demo.pcapng')) };
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('two runs of the demo print the same and write the same bytes', async (t) => {
  const [first, second] = [await demo(), await demo()];
  t.is(first.code, 0, first.stderr);
  t.is(first.stdout, second.stdout);
  t.is(digest(first.capture), digest(second.capture));
});

test('another seed gives other bytes, and everything that is validated still holds', async (t) => {
  const [first, second] = [await demo(), await demo('--seed', '2')];
  t.is(second.code, 0, second.stdout);
  t.not(digest(first.capture), digest(second.capture));
});

test('the rebound listener answers with 5555, the other one does not, and both pages arrive whole', async (t) => {
  const { code, stdout } = await demo('--json');
  t.is(code, 0);
  const { reports, validation, lines } = JSON.parse(stdout) as {
    reports: Record<string, { bytes: number; sha256: string }>;
    validation: { passed: boolean }[];
    lines: string[];
  };
  t.is(reports['cli/big'].bytes, 1_048_576);
  t.is(reports['cli/big'].sha256, reports['srv/rebound'].sha256);
  t.is(reports['cli/small'].sha256, reports['srv/plain'].sha256);
  t.not(reports['cli/big'].sha256, reports['cli/small'].sha256);
  t.true(validation.length >= 4);
  t.true(validation.every(({ passed }) => passed));
  const answers = lines.flatMap((line, i) => (line.includes('Flags [S.]') ? [`${line} ${lines[i + 1]}`] : []));
  t.regex(
    answers.find((each) => each.includes('.7777 >')) ?? '',
    / seq 5555, .*tcp\.synack \(tcp\.isn: isn\.fixed .*demo\.yaml:\d+:\d+\)/,
  );
  t.notRegex(answers.find((each) => each.includes('.8888 >')) ?? '', / seq 5555,/);
});

test('the capture of the demo shows loss and its repair, and a reason for every frame', async (t) => {
  const { capture } = await demo();
  const frames = [...readCapture(capture)];
  t.true(frames.length > 700);
  t.true(frames.every(({ comment }) => comment !== ''));
  t.true(frames.some(({ comment }) => comment.startsWith('tcp.retransmit.')));
  t.false(frames.some(({ bytes }) => frameFields(bytes)['tcp.flags.reset'] === true));
});

test('what the demo validates is found false when it is', async (t) => {
  const text = readFileSync(manifest, 'utf8');
  const { code, stdout } = await runText(text.replace('expect: { tcp.seq: 5555 }', 'expect: { tcp.seq: 5556 }'));
  t.is(code, 1);
  t.regex(stdout, /^FAIL {2}tcp\.flags == SA && tcp\.srcport == 7777: .*tcp\.seq is 5555, expected 5556/m);
  const other = await runText(text.replace('sha256: srv/rebound.sha256', 'sha256: srv/plain.sha256'));
  t.is(other.code, 1);
  t.regex(other.stdout, /^FAIL {2}cli\/big: sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}/m);
});

function runText(text: string) {
  return netwright(['run', 'demo.yaml'], { cwd: folderWith({ 'demo.yaml': text }) });
}

(hasTshark ? test : test.skip)(
  `tshark finds no malformed packet and no bad checksum in the demo's capture${hasTshark ? '' : ' (tshark is not installed)'}`,
  async (t) => {
    const { cwd } = await demo();
    const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    const show = (filter: string) =>
      spawnSync('tshark', ['-r', join(cwd, 'demo.pcapng'), ...checks, '-Y', filter], { encoding: 'utf8' });
    const bad = show('_ws.malformed || tcp.checksum.status == "Bad" || ip.checksum.status == "Bad"');
    t.is(bad.status, 0, bad.stderr);
    t.is(bad.stdout, '');
    // The same checks do see good ones: an empty answer is no accident.
    t.true(show('tcp.checksum.status == "Good"').stdout.split('\n').length > 700);
  },
);
