import { override } from '@netwright/core';
import {
  Backlog,
  Bbr,
  DelayedAck,
  FixedCongestionWindow,
  NewReno,
  QuickAck,
  Reno,
  TCP_ACK,
  TCP_CONGESTION,
  TCP_LISTEN,
  TCP_RECOVERY,
  TCP_TIMEWAIT,
  TimeoutOnly,
  TwoMsl,
} from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';
import { NOTHING, Talker, TwoEnds } from './two-ends.js';

const share = (max: number) => fc.double({ min: 0, max, noNaN: true });

const worlds = fc.record({
  seed: fc.integer(),
  cable: fc.record({
    latency: fc.integer({ min: 0, max: 60 }),
    jitter: fc.integer({ min: 0, max: 10 }),
    loss: share(0.12),
    reorder: share(0.2),
    reorderDelay: fc.integer({ min: 1, max: 80 }),
    duplicate: share(0.2),
    corrupt: share(0.03),
    mtu: fc.integer({ min: 100, max: 1500 }),
  }),
  settings: fc.record({
    sack: fc.boolean(),
    timestamps: fc.boolean(),
    windowScaling: fc.boolean(),
    noDelay: fc.boolean(),
    receiveBuffer: fc.integer({ min: 500, max: 300_000 }),
    sendBuffer: fc.integer({ min: 500, max: 300_000 }),
  }),
  recovery: fc.constantFrom(
    null,
    () => new NewReno(),
    () => new TimeoutOnly(),
  ),
  congestion: fc.constantFrom(
    null,
    () => new Reno(),
    () => new Bbr(),
    () => new FixedCongestionWindow(20_000),
  ),
  ack: fc.constantFrom(null, new QuickAck(), new DelayedAck(200, 0)),
  there: fc.integer({ min: 0, max: 30_000 }),
  back: fc.integer({ min: 0, max: 30_000 }),
  chunk: fc.integer({ min: 1, max: 20_000 }).map((size) => Math.max(size, 50)),
});

test('whatever the cable does, the bytes arrive once and in order, both ends close, and nothing is left', async (t) => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ seed, cable, settings, recovery, congestion, ack, there, back, chunk }) => {
      const ends = await new TwoEnds({
        seed,
        cable,
        settings: { ...settings, retries: 40, synRetries: 20, synAckRetries: 20 },
        overrides: [
          ...(recovery === null ? [] : [override(TCP_RECOVERY, { make: recovery })]),
          ...(congestion === null ? [] : [override(TCP_CONGESTION, { make: congestion })]),
          ...(ack === null ? [] : [override(TCP_ACK, { value: ack })]),
          override(TCP_TIMEWAIT, { value: new TwoMsl(600_000) }),
          override(TCP_LISTEN, { value: new Backlog() }),
        ],
      }).start();
      const client = new Talker(there, chunk);
      const server = new Talker(back, chunk);
      ends.b.tcp.listen({ port: 80, onConnection: () => server.handler });
      ends.a.tcp.connect({ address: '10.0.0.2', port: 80, handler: client.handler });
      const steps = ends.clock.run(300_000);
      const result = {
        ended: steps < 300_000,
        bytes: [client.received, server.received],
        corrupt: client.corrupt || server.corrupt,
        end: [client.ended, server.ended],
        closed: [client.closed, server.closed],
        left: ends.left(),
      };
      t.deepEqual(result, {
        ended: true,
        bytes: [back, there],
        corrupt: false,
        end: [true, true],
        closed: ['orderly', 'orderly'],
        left: NOTHING,
      });
    }),
    { numRuns: 80, seed: 2 },
  );
});

test('stacks that run out of packet memory lose segments, and nothing else', async (t) => {
  for (const small of [4, 6, 9, 20]) {
    const ends = await new TwoEnds({
      seed: small,
      pool: { small, large: 0 },
      settings: { retries: 40, synRetries: 20 },
      cable: { latency: 20 },
    }).start();
    const client = new Talker(100_000);
    const server = new Talker(100_000);
    ends.b.tcp.listen({ port: 80, onConnection: () => server.handler });
    ends.a.tcp.connect({ address: '10.0.0.2', port: 80, handler: client.handler });
    ends.clock.run(1_000_000);
    t.true(ends.pool.exhausted > 0);
    t.deepEqual([client.received, server.received], [100_000, 100_000]);
    t.deepEqual([client.closed, server.closed], ['orderly', 'orderly']);
    t.deepEqual(ends.left(), NOTHING);
  }
});

test('ten thousand connections, opened and closed, leave nothing behind', async (t) => {
  const ends = await new TwoEnds({ seed: 5, cable: { latency: 1 } }).start();
  let served = 0;
  ends.b.tcp.listen({
    port: 80,
    backlog: 1000,
    onConnection: () => ({
      data: (bytes, session) => {
        served++;
        session.write(bytes);
        session.close();
      },
    }),
  });
  let closed = 0;
  for (let batch = 0; batch < 50; batch++) {
    for (let i = 0; i < 200; i++) {
      ends.a.tcp.connect({
        address: '10.0.0.2',
        port: 80,
        handler: {
          established: (session) => session.write(Uint8Array.of(1, 2, 3)),
          data: () => {},
          end: (session) => session.close(),
          closed: (_, error) => {
            if (error === null) closed++;
          },
        },
      });
    }
    ends.clock.advance(100);
  }
  t.is(served, 10_000);
  t.true(ends.b.tcp.connections >= 1000, 'TIME-WAIT is where it belongs, with who closed first');
  t.is(ends.a.tcp.connections, 0);
  ends.clock.run(1_000_000);
  t.is(closed, 10_000);
  t.deepEqual(ends.left(), NOTHING);
});
