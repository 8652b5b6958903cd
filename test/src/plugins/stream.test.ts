import { connect, createServer, type Socket } from 'node:net';
import { buildStack, NetwrightError, PacketPool } from '@netwright/core';
import {
  type FrameSocket,
  type FrameSource,
  type FrameStreams,
  QemuDeframer,
  QemuLine,
  qemuFramed,
  qemuFrames,
  StreamDevice,
  sourceFrames,
  webSocketFrames,
} from '@netwright/plugins';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { shippedPlugins } from 'netwright';
import { WebSocket, WebSocketServer } from 'ws';
import { station, thereAndBack } from './streams.js';

const MIB = 1024 * 1024;

/** Two pairs of streams: what goes into one comes out of the other. */
function joined(): [FrameStreams, FrameStreams] {
  const [there, back] = [1, 2].map(() => new TransformStream<Uint8Array, Uint8Array>());
  return [
    { readable: back.readable, writable: there.writable },
    { readable: there.readable, writable: back.writable },
  ];
}

async function carriesAMebibyte(
  t: ExecutionContext,
  client: Parameters<typeof station>[1],
  server: Parameters<typeof station>[1],
): Promise<void> {
  const serving = await station('10.0.0.1', server);
  const asking = await station('10.0.0.2', client);
  const { sent, there, back } = await thereAndBack(asking, serving, MIB);
  t.is(there, sent);
  t.is(back, sent);
  await asking.stop();
  await serving.stop();
  for (const { host } of [asking, serving]) t.is(host.pool.inUse, 0, 'every packet was given back');
}

const device = ({ readable, writable }: FrameStreams) => new StreamDevice(readable, writable);

test('do two stacks joined by a pair of streams carry 1 MiB each way?', async (t) => {
  const [a, b] = joined();
  await carriesAMebibyte(t, device(a), device(b));
});

test('do two stacks joined by QEMU framing over byte streams carry 1 MiB each way?', async (t) => {
  const [a, b] = joined();
  await carriesAMebibyte(t, device(qemuFrames(a)), device(qemuFrames(b)));
});

test('do two stacks joined by QEMU framing over TCP carry 1 MiB each way, one listening, one connecting?', async (t) => {
  const line = await QemuLine.listen({ port: 0 });
  const client = StreamDevice.opening(() => QemuLine.connect({ port: line.port }));
  await carriesAMebibyte(t, client, device(line));
});

test('do two stacks joined by a WebSocket carry 1 MiB each way?', async (t) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address() as { port: number };
  const taken = new Promise<FrameSocket>((resolve) => server.on('connection', resolve));
  const client = StreamDevice.opening((counters) =>
    webSocketFrames(new WebSocket(`ws://127.0.0.1:${port}`), { counters }),
  );
  const serving = StreamDevice.opening(async (counters) => webSocketFrames(await taken, { counters }));
  const mine = station('10.0.0.2', client);
  const theirs = await station('10.0.0.1', serving);
  const { sent, there, back } = await thereAndBack(await mine, theirs, MIB);
  t.deepEqual([there, back], [sent, sent]);
  await (await mine).stop();
  await theirs.stop();
  server.close();
});

test('do two stacks joined by objects with send and onframe carry 1 MiB each way?', async (t) => {
  const a: FrameSource = { onframe: null, send: (frame) => queueMicrotask(() => b.onframe?.(frame)) };
  const b: FrameSource = { onframe: null, send: (frame) => queueMicrotask(() => a.onframe?.(frame)) };
  await carriesAMebibyte(t, device(sourceFrames(a)), device(sourceFrames(b)));
});

test('does a manifest join two stacks by `use: stream`?', async (t) => {
  const port = await freePort();
  await carriesAMebibyte(
    t,
    { use: 'stream', connect: `127.0.0.1:${port}` },
    { use: 'stream', listen: `127.0.0.1:${port}` },
  );
});

for (const [what, options] of [
  ['none of websocket, connect and listen', {}],
  ['two of them', { connect: '127.0.0.1:1', listen: '127.0.0.1:2' }],
  ['a URL that is no WebSocket', { websocket: 'http://x' }],
  ['a port alone', { listen: '10001' }],
] as const) {
  test(`is a stream with ${what} told with its place?`, async (t) => {
    const manifest = {
      address: '10.0.0.1/24',
      layers: ['ethernet', 'arp', 'ipv4'],
      device: { use: 'stream', ...options },
    };
    const error = await t.throwsAsync(buildStack(manifest, { plugins: shippedPlugins }));
    t.regex(error?.message ?? '', /Option "(websocket|connect|listen)" of "stream"/);
  });
}

test('a port at which nobody listens is a coded error', async (t) => {
  const port = await freePort();
  const error = await t.throwsAsync(QemuLine.connect({ port }), { instanceOf: NetwrightError });
  t.is(error?.code, 'STREAM_CONNECT');
});

test('a port that is taken is a coded error', async (t) => {
  const first = await QemuLine.listen({ port: 0 });
  const error = await t.throwsAsync(QemuLine.listen({ port: first.port }), { instanceOf: NetwrightError });
  t.is(error?.code, 'STREAM_LISTEN');
  await first.writable.close();
});

test('a WebSocket that nobody answers is a coded error', async (t) => {
  const port = await freePort();
  const error = await t.throwsAsync(webSocketFrames(new WebSocket(`ws://127.0.0.1:${port}`)));
  t.is((error as NetwrightError).code, 'STREAM_WEBSOCKET');
});

for (const length of [0, 65_857, 0x7fffffff, 0xffffffff]) {
  test(`is a peer that announces a frame of ${length} bytes hung up on, and the next one served?`, async (t) => {
    const refused: unknown[] = [];
    const line = await QemuLine.listen({ port: 0 }, { refused: (error) => refused.push(error) });
    const reader = line.readable.getReader();
    const hostile = await connected(line.port);
    const closed = new Promise((resolve) => hostile.on('close', resolve));
    const announced = Buffer.alloc(4);
    announced.writeUInt32BE(length);
    hostile.write(announced);
    await closed;
    t.deepEqual(
      refused.map((each) => (each as NetwrightError).code),
      ['STREAM_FRAME_LENGTH'],
    );
    const next = await connected(line.port);
    next.write(qemuFramed(new Uint8Array([1, 2, 3])));
    t.deepEqual([...((await reader.read()).value ?? [])], [1, 2, 3]);
    next.destroy();
    await line.writable.close();
  });
}

test('of a device that has connected, a hostile length ends the line, and is told', async (t) => {
  const server = createServer((socket) => socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff])));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const failed = new Promise((resolve) => {
    const made = StreamDevice.opening(() => QemuLine.connect({ port }), { failed: resolve });
    void made.open({ pool: new PacketPool({ small: 8, large: 2 }), receive() {} });
  });
  t.is(((await failed) as NetwrightError).code, 'STREAM_FRAME_LENGTH');
  server.close();
});

test('frames come out of QEMU framing as they went in, however the bytes are cut', (t) => {
  const frame = fc.uint8Array({ minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 50 })), (frames, cuts) => {
      const stream = Buffer.concat(frames.map(qemuFramed));
      const out: number[][] = [];
      const deframer = new QemuDeframer();
      let at = 0;
      for (const cut of [...cuts, stream.length]) {
        deframer.push(stream.subarray(at, at + cut), (each) => out.push([...each]));
        at += cut;
      }
      t.deepEqual(
        out,
        frames.map((each) => [...each]),
      );
    }),
    { numRuns: 200 },
  );
});

test('a reader that is too slow costs frames beyond the queue, each counted, and no memory', async (t) => {
  const pool = new PacketPool({ small: 64, large: 2 });
  const taken: Uint8Array[] = [];
  let go = () => {};
  const slow = new WritableStream<Uint8Array>({
    write: (frame) =>
      new Promise<void>((resolve) => {
        taken.push(frame);
        go = resolve;
      }),
  });
  const made = new StreamDevice(new ReadableStream(), slow, { queue: 10 });
  await made.open({ pool, receive() {} });
  for (let i = 0; i < 40; i++) {
    const packet = pool.takeWith(new Uint8Array(60).fill(i));
    if (packet !== null) made.send([packet], 1);
  }
  t.is(made.counters.sent + made.counters.queueDropped + 10, 40);
  t.true(made.counters.queueDropped >= 28);
  t.is(pool.inUse, 10);
  for (let i = 0; i < 30; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    go();
  }
  t.is(pool.inUse, 0);
  t.deepEqual(
    taken.map(([first]) => first),
    Array.from({ length: taken.length }, (_, i) => i),
    'those that were kept are the first, in order',
  );
});

test('a source that always has one more does not keep the event loop for itself', async (t) => {
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(60)),
  });
  const made = new StreamDevice(endless, new WritableStream());
  let batches = 0;
  await made.open({
    pool: new PacketPool({ small: 512, large: 2 }),
    receive(batch, count) {
      batches++;
      t.true(count <= 128);
      for (let i = 0; i < count; i++) batch[i].release();
    },
  });
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  made.close();
  t.true(batches >= 2);
});

test('what is too large, empty or text is counted, and nothing else happens', async (t) => {
  const strange = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const each of [new Uint8Array(0), 'text' as unknown as Uint8Array, new Uint8Array(70_000)]) {
        controller.enqueue(each);
      }
    },
  });
  const pool = new PacketPool({ small: 8, large: 2 });
  const made = new StreamDevice(strange, new WritableStream(), { mtu: 1000 });
  await made.open({ pool, receive: () => t.fail() });
  const large = pool.takeWith(new Uint8Array(1023));
  if (large !== null) made.send([large], 1);
  await new Promise((resolve) => setImmediate(resolve));
  t.like(made.counters, { malformed: 2, tooLong: 1, oversized: 1, received: 0, sent: 0 });
  made.close();
  t.is(pool.inUse, 0);
});

test('a stack whose line has ended goes on, counts what nobody takes, and stops', async (t) => {
  const [a, b] = joined();
  const made = device(a);
  const stack = await station('10.0.0.1', made);
  await b.writable.close();
  await new Promise((resolve) => setImmediate(resolve));
  t.false(made.connected);
  t.is(made.problem, null);
  const packet = stack.host.pool.takeWith(new Uint8Array(60));
  if (packet !== null) made.send([packet], 1);
  t.is(made.counters.unconnected, 1);
  await stack.stop();
});

test('a device that never opened closes', (t) => {
  t.notThrows(() => device(joined()[0]).close());
});

function connected(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
