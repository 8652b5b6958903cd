import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChecksumState, NetwrightError, reason, SeededRandom } from '@netwright/core';
import { CaptureFile, PcapngWriter, readCapture } from '@netwright/plugins';
import test from 'ava';
import { arp, conversation, hosts, icmp, tcp, udp } from './frames.js';

const tshark = spawnSync('tshark', ['--version']).status === 0;
const ifTshark = tshark ? test : test.skip;
const why = tshark ? '' : ' (skipped: tshark is not on the PATH)';

function written(write: (writer: PcapngWriter) => void): Uint8Array {
  const pieces: Uint8Array[] = [];
  const writer = new PcapngWriter((piece) => pieces.push(piece));
  write(writer);
  writer.flush();
  return Buffer.concat(pieces);
}

test('what is written is read again: bytes, times to the nanosecond, names, directions, comments', (t) => {
  const at = 1_700_000_000_123_456_789n;
  const file = written((writer) => {
    const a = writer.addInterface('srv:eth0');
    const b = writer.addInterface('cli:eth0');
    writer.addFrame(a, at, arp(1), 'out', 'arp.request – “why”');
    writer.addFrame(b, at + 1n, new Uint8Array(70_001).fill(7), 'in');
    writer.addFrame(a, at + 2n, new Uint8Array(0), 'out');
  });
  const frames = [...readCapture(file)];
  t.like(frames[0], { at, interface: 'srv:eth0', direction: 'out', comment: 'arp.request – “why”', linkType: 1 });
  t.deepEqual(Buffer.from(frames[0].bytes), Buffer.from(arp(1)));
  t.like(frames[1], { at: at + 1n, interface: 'cli:eth0', direction: 'in', comment: '', length: 70_001 });
  t.true(frames[1].bytes.every((byte) => byte === 7));
  t.is(frames[2].bytes.length, 0);
  t.is(frames.length, 3);
});

test('the older pcap format is read in both byte orders and both units', (t) => {
  for (const [magic, unit] of [
    [0xa1b2c3d4, 1000n],
    [0xa1b23c4d, 1n],
  ] as const) {
    for (const little of [true, false]) {
      const file = new Uint8Array(24 + 16 + 42);
      const view = new DataView(file.buffer);
      view.setUint32(0, magic, little);
      view.setUint32(20, 1, little);
      view.setUint32(24, 10, little);
      view.setUint32(28, 5, little);
      view.setUint32(32, 42, little);
      view.setUint32(36, 42, little);
      file.set(arp(1), 40);
      const [frame] = readCapture(file);
      t.is(frame.at, 10_000_000_000n + 5n * unit);
      t.deepEqual(Buffer.from(frame.bytes), Buffer.from(arp(1)));
    }
  }
});

test('a file that is garbled, cut off or something else gives a coded error and nothing else', (t) => {
  const file = written((writer) => {
    const via = writer.addInterface('a:eth0');
    for (const frame of conversation()) writer.addFrame(via, 5n, frame, 'out', 'why');
  });
  const random = new SeededRandom(5);
  const read = (bytes: Uint8Array) => {
    try {
      for (const frame of readCapture(bytes)) frame.bytes.toString();
      return 'read';
    } catch (error) {
      if (!(error instanceof NetwrightError)) throw error;
      return error.code;
    }
  };
  const seen = new Set<string>();
  for (let length = 0; length < file.length; length++) seen.add(read(file.subarray(0, length)));
  for (let i = 0; i < 20_000; i++) {
    const bytes = file.slice();
    for (let n = 0; n < 3; n++) bytes[Math.floor(random.float() * bytes.length)] = random.uint32() & 255;
    seen.add(read(bytes));
  }
  t.deepEqual([...seen].sort(), ['CAPTURE_FILE_MALFORMED', 'read']);
  t.is(read(Buffer.from('this is no capture')), 'CAPTURE_FILE_MALFORMED');
});

async function capturedLab(record?: 'both' | 'sent' | 'received'): Promise<Uint8Array> {
  const world = hosts();
  const capture = new CaptureFile({ clock: world.clock, record });
  for (const { host } of [world.srv, world.cli]) host.watch(capture.tapOf(() => host.name));
  await world.open();
  const [syn, synAck, ...rest] = conversation();
  const because = (name: string) => (packet: { reason: unknown }) => {
    packet.reason = reason(`test.${name}`);
  };
  world.transmit(world.cli.eth0, syn, because('syn'));
  world.clock.advance(20);
  world.transmit(world.srv.eth0, synAck, because('synack'));
  world.clock.advance(20.0005);
  for (const frame of rest) world.transmit(world.cli.eth0, frame, because('later'));
  for (const frame of [arp(1), icmp(8, 0, [0, 1, 0, 1]), udp(1, 2, [3])]) world.transmit(world.cli.eth0, frame);
  world.clock.run();
  return capture.bytes();
}

test('of a lab each frame is in the file once by default, and as chosen else', async (t) => {
  const directions = async (record?: 'both' | 'sent' | 'received') =>
    [...readCapture(await capturedLab(record))].map((frame) => frame.direction);
  t.deepEqual(await directions(), new Array(8).fill('out'));
  t.deepEqual(await directions('received'), new Array(8).fill('in'));
  t.is((await directions('both')).length, 16);
});

test('the same run gives the same bytes, with names, times and reasons', async (t) => {
  const file = await capturedLab();
  t.deepEqual(file, await capturedLab());
  const [syn, synAck, ack] = readCapture(file);
  t.like(syn, { interface: 'cli:eth0', comment: 'test.syn', at: 1_700_000_000_000_000_000n });
  t.like(synAck, { interface: 'srv:eth0', comment: 'test.synack', at: 1_700_000_000_020_000_000n });
  t.is(ack.at, 1_700_000_000_040_000_500n);
});

test('a checksum that the stack left to its device is complete in the file', async (t) => {
  const world = hosts();
  const capture = new CaptureFile({ clock: world.clock });
  world.cli.host.watch(capture.tapOf(() => 'cli'));
  await world.open();
  for (const partial of [0, 0x1234]) {
    world.transmit(world.cli.eth0, tcp({ seq: 1, flags: 16, data: 'odd', checksum: partial }), (packet) => {
      packet.checksum = ChecksumState.Partial;
    });
  }
  const whole = Buffer.from(tcp({ seq: 1, flags: 16, data: 'odd' }));
  for (const frame of readCapture(capture.bytes())) t.deepEqual(Buffer.from(frame.bytes), whole);
});

test('a capture in memory stops at its limit and counts what it left out', async (t) => {
  const world = hosts();
  const capture = new CaptureFile({ clock: world.clock, limit: 1000 });
  world.cli.host.watch(capture.tapOf(() => 'cli'));
  await world.open();
  for (let i = 0; i < 100; i++) world.transmit(world.cli.eth0, arp(1));
  t.true(capture.counters.frames < 15);
  t.is(capture.counters.frames + capture.counters.skipped, 100);
  t.is([...readCapture(capture.bytes())].length, capture.counters.frames);
});

async function inFile<T>(use: (path: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'netwright-'));
  try {
    return await use(join(folder, 'deep', 'run.pcapng'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a file is written when the last of its stacks stops', async (t) => {
  await inFile(async (file) => {
    const world = hosts();
    const capture = new CaptureFile({ clock: world.clock, file });
    world.cli.host.watch(capture.tapOf(() => 'cli'));
    capture.start();
    capture.start();
    await world.open();
    capture.stop();
    for (let i = 0; i < 2000; i++) world.transmit(world.cli.eth0, arp(1));
    capture.stop();
    t.is([...readCapture(readFileSync(file))].length, 2000);
  });
});

test('a file that cannot be opened is a coded error', (t) => {
  const world = hosts();
  const capture = new CaptureFile({ clock: world.clock, file: '/dev/null/run.pcapng' });
  t.throws(() => capture.start(), { code: 'CAPTURE_FILE' });
});

ifTshark(`tshark reads the file with its comments, and finds nothing malformed${why}`, async (t) => {
  await inFile(async (file) => {
    const world = hosts();
    const capture = new CaptureFile({ clock: world.clock, file });
    world.cli.host.watch(capture.tapOf(() => 'cli'));
    capture.start();
    await world.open();
    const frames = [...conversation(), arp(1), icmp(8, 0, [0, 1, 0, 1]), udp(1, 2, [3])];
    for (const frame of frames) {
      world.transmit(world.cli.eth0, frame, (packet) => {
        packet.reason = reason('test.because');
      });
    }
    capture.stop();
    const checks = ['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE'];
    const run = (...options: string[]) =>
      execFileSync('tshark', ['-r', file, ...checks, ...options], { stdio: ['ignore', 'pipe', 'ignore'] })
        .toString()
        .split('\n')
        .filter((line) => line !== '');
    const fields = ['frame.interface_name', 'frame.comment', 'frame.packet_flags_direction'];
    t.deepEqual(
      run('-T', 'fields', ...fields.flatMap((field) => ['-e', field])),
      frames.map(() => 'cli:eth0\ttest.because\t0x00000002'),
    );
    t.deepEqual(run('-Y', '_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0'), []);
  });
});
