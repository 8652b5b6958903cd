import { type Peer, scenario } from '@netwright/node/testing';
import test from 'ava';
import { clients } from './clients.js';

/** What the peer does, and what the program is to see of it. */
interface Case {
  readonly what: string;
  readonly misbehave: (peer: Peer) => void;
  /** The code of the error; a record where protocols differ; null where the whole answer comes all the same. */
  readonly code: string | null | Readonly<Record<string, string | null>>;
  /** When it begins; before the program connects unless said otherwise. */
  readonly when?: 'connected';
  /** ms of the scenario's time by which it is over, at least and at most. */
  readonly lasts?: readonly [number, number];
  readonly only?: readonly string[];
}

/** SYNs are sent again seven times, segments fifteen; ARP asks three times, a second apart. */
const SYNS: [number, number] = [246_000, 248_000];
const ARP: [number, number] = [2900, 3100];
const SEGMENTS: [number, number] = [900_000, 1_000_000];

/** Before libuv 1.52 a part that is followed by a reset is followed by an end. */
const endsEarly = Number(process.versions.uv.split('.')[1]) < 52;

const cases: Case[] = [
  { what: 'behaves well', misbehave: () => {}, code: null, lasts: [0, 0] },
  { what: 'refuses', misbehave: (peer) => peer.refuse(), code: 'ECONNREFUSED', lasts: [0, 0] },
  { what: 'ignores SYNs', misbehave: (peer) => peer.ignoreSyn(), code: 'ETIMEDOUT', lasts: SYNS },
  { what: 'is a black hole', misbehave: (peer) => peer.blackhole(), code: 'ETIMEDOUT', lasts: SYNS },
  { what: 'is not there', misbehave: (peer) => peer.unreachable(), code: 'EHOSTUNREACH', lasts: ARP },
  { what: 'resets on connect', misbehave: (peer) => peer.rstOnConnect(), code: 'ECONNRESET', lasts: [0, 0] },
  { what: 'resets after 1 byte', misbehave: (peer) => peer.rstAfter(1), code: 'ECONNRESET', lasts: [0, 0] },
  { what: 'resets after 1024 bytes', misbehave: (peer) => peer.rstAfter(1024), code: 'ECONNRESET', lasts: [0, 0] },
  {
    what: 'resets as soon as it has sent something',
    misbehave: (peer) => peer.rstAfter(1, 'sent'),
    // What came before the reset is read first; then there is what the kernel's sockets show, and a protocol misses the rest.
    code: { net: endsEarly ? null : 'ECONNRESET', http: 'ECONNRESET', https: 'ECONNRESET' },
    only: ['net', 'http', 'https'],
  },
  {
    what: 'falls silent after 1 byte',
    misbehave: (peer) => peer.blackhole({ received: 1 }),
    code: 'ETIMEDOUT',
    lasts: SEGMENTS,
  },
  {
    what: 'falls silent once it is connected',
    misbehave: (peer) => peer.blackhole(),
    code: 'ETIMEDOUT',
    when: 'connected',
    lasts: SEGMENTS,
  },
  {
    what: 'is cut off once it is connected',
    misbehave: (peer) => peer.partition(),
    code: 'EHOSTUNREACH',
    when: 'connected',
    lasts: SEGMENTS,
  },
  {
    what: 'ends before it has said anything',
    misbehave: (peer) => peer.halfClose(),
    code: { net: null, http: 'ECONNRESET', https: 'ECONNRESET', http2: 'ECONNRESET' },
  },
  {
    what: 'ends when it has heard something',
    misbehave: (peer) => peer.halfClose({ received: 1 }),
    code: { net: null, http: 'ECONNRESET', https: 'ECONNRESET', http2: 'ECONNRESET' },
  },
  {
    what: 'talks garbage',
    misbehave: (peer) => peer.sendGarbage(500),
    code: { net: null, http: 'HPE_INVALID_CONSTANT', https: 'EPROTO', http2: 'ERR_SSL_WRONG_VERSION_NUMBER' },
  },
  { what: 'sends broken frames', misbehave: (peer) => peer.sendBrokenFrames(200), code: null },
  { what: 'is far away', misbehave: (peer) => peer.delay(500), code: null, lasts: [2000, 20_000] },
  { what: 'loses a tenth of all frames', misbehave: (peer) => peer.loss(0.1, 3), code: null },
  { what: 'says everything twice', misbehave: (peer) => peer.duplicate(1), code: null },
  {
    what: 'is far away, loses some and repeats some',
    misbehave: (peer) => peer.delay(40).loss(0.05, 7).duplicate(0.1, 8),
    code: null,
    lasts: [100, 120_000],
  },
];

/** Of a peer that ends at once there is no answer; of one that talks garbage there is more. */
const received = (what: string, bytes: number) =>
  what.startsWith('ends') ? 0 : what === 'talks garbage' ? bytes + 500 : bytes;

for (const client of clients) {
  for (const { what, misbehave, code, when, lasts, only } of cases) {
    if (only !== undefined && !only.includes(client.name)) continue;
    for (const bytes of [1500, 20_000]) {
      const expected = code === null || typeof code === 'string' ? code : code[client.name];
      test(`${client.name}, ${bytes} bytes, a peer that ${what}: ${expected ?? 'no error'}`, async (t) => {
        const scene = await scenario();
        t.teardown(scene.end);
        await client.serve(scene);
        if (when === undefined) misbehave(scene.peer);
        const outcome = await client.ask(scene, bytes, () => when === 'connected' && misbehave(scene.peer));
        t.is(outcome.code, expected);
        if (expected === null && what.startsWith('resets')) t.true(outcome.bytes > 0 && outcome.bytes < bytes);
        else if (expected === null) t.is(outcome.bytes, received(what, bytes));
        const [atLeast, atMost] = lasts ?? [0, 60_000];
        t.true(scene.clock.now() >= atLeast && scene.clock.now() <= atMost, `it took ${scene.clock.now()} ms`);
      });
    }
  }

  test(`${client.name}: what a slow loris sends comes all the same, a byte at a time`, async (t) => {
    const scene = await scenario();
    t.teardown(scene.end);
    await client.serve(scene);
    scene.peer.slowLoris(50);
    const { code, bytes } = await client.ask(scene, 200);
    t.deepEqual([code, bytes], [null, 200]);
    t.true(scene.clock.now() >= (200 * 1000) / 50 - 100, `${scene.clock.now()} ms`);
  });

  test(`${client.name}: a window of zero holds the program up until it opens`, async (t) => {
    const scene = await scenario({ time: 'manual' });
    t.teardown(scene.end);
    await client.serve(scene);
    scene.peer.zeroWindow();
    let answered = false;
    const outcome = client.ask(scene, 5000).finally(() => {
      answered = true;
    });
    await scene.clock.advance(600_000);
    t.false(answered);
    scene.peer.openWindow();
    await scene.clock.advance(200_000);
    t.like(await outcome, { code: null, bytes: 5000 });
  });

  test(`${client.name}: a cut that heals is a pause, no error`, async (t) => {
    const scene = await scenario({ time: 'manual' });
    t.teardown(scene.end);
    await client.serve(scene);
    let answered = false;
    const outcome = client
      .ask(scene, 5000, () => scene.peer.partition())
      .finally(() => {
        answered = true;
      });
    await scene.clock.advance(30_000);
    t.false(answered);
    scene.peer.heal();
    await scene.clock.advance(120_000);
    t.like(await outcome, { code: null, bytes: 5000 });
  });
}

for (const [behaviour, code, errno] of [
  ['refuse', 'ECONNREFUSED', -111],
  ['ignoreSyn', 'ETIMEDOUT', -110],
  ['unreachable', 'EHOSTUNREACH', -113],
] as const) {
  test(`an error of connecting says all that the kernel's says: ${code}`, async (t) => {
    const scene = await scenario();
    t.teardown(scene.end);
    scene.peer.listen(443)[behaviour]();
    const { error } = await clients[0].ask(scene, 1);
    t.like(error, { code, errno, syscall: 'connect', address: '10.0.0.2', port: 443 });
    t.is(error?.message, `connect ${code} 10.0.0.2:443`);
  });
}

test('writing on after a reset was seen is EPIPE or the reset itself, as on the kernel', async (t) => {
  const scene = await scenario();
  t.teardown(scene.end);
  scene.peer.listen(443).rstAfter(4);
  const socket = scene.net.connect(443, scene.peer.address);
  const codes: (string | undefined)[] = [];
  socket.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write('ping');
  await closed;
  const late = await new Promise<NodeJS.ErrnoException>((resolve) =>
    socket.write('more', (error) => resolve(error as Error)),
  );
  t.deepEqual(codes, ['ECONNRESET']);
  t.is(late.code, 'ERR_STREAM_DESTROYED');
});
