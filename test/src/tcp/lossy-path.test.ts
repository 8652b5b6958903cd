import { override } from '@netwright/core';
import { Bbr, type CongestionControl, Cubic, TCP_CONGESTION } from '@netwright/layers';
import test from 'ava';
import { sendWithoutEnd, TwoEnds } from './two-ends.js';

interface Outcome {
  mbits: number;
  steps: number;
  segments: number;
}

/** One connection that always has something to send, over 50 Mbit/s and a round trip of 40 ms, for three seconds. */
async function send(make: () => CongestionControl, loss: number, seed: number): Promise<Outcome> {
  const cable = { latency: 20, rate: 50_000_000, queue: { bytes: 400_000 }, from: { a: { loss } } };
  const ends = await new TwoEnds({ seed, cable }).start();
  const { a, b, clock } = ends;
  const { sending } = sendWithoutEnd(ends, { overrides: [override(TCP_CONGESTION, { make })] });
  let steps = 0;
  while (clock.step(3000) && steps < 2_000_000) steps++;
  const outcome = { mbits: (sending.received * 8) / 3e6, steps, segments: b.tcp.counters.segmentsIn };
  await a.stack.stop();
  await b.stack.stop();
  return outcome;
}

test('BBR fills a path that loses one segment in a hundred, where CUBIC takes each loss for congestion', async (t) => {
  const bbr = await send(() => new Bbr(), 0.01, 1);
  const cubic = await send(() => new Cubic(), 0.01, 1);
  t.true(bbr.mbits > 30, `BBR ${bbr.mbits} Mbit/s of 50`);
  t.true(bbr.mbits > 4 * cubic.mbits, `CUBIC ${cubic.mbits} Mbit/s`);
});

test('without loss CUBIC fills the path, and HyStart++ keeps it from overrunning it', async (t) => {
  const cubic = await send(() => new Cubic(), 0, 1);
  t.true(cubic.mbits > 35, `CUBIC ${cubic.mbits} Mbit/s of 50`);
});

test('timers for parts of a microsecond do not keep the clock where it is', async (t) => {
  for (let seed = 2; seed <= 5; seed++) {
    const { steps, segments } = await send(() => new Bbr(), 0.03, seed);
    t.true(steps < 10 * segments, `${steps} alarms for ${segments} segments, seed ${seed}`);
  }
});

test('a program that writes whatever fits keeps BBR going while losses are repaired: it finds the rate of a long path', async (t) => {
  for (const seed of [1, 2, 3]) {
    const cable = {
      latency: 50,
      from: { a: { latency: 50, loss: 0.003, rate: 30_000_000, queue: { bytes: 375_000 } } },
    };
    const { a, b, clock } = await new TwoEnds({ seed, cable }).start();
    b.tcp.listen({ port: 7, onConnection: () => ({ data: () => {} }) });
    const data = new Uint8Array(65536);
    const pump = () => {
      while (session.write(data) === data.length);
    };
    const bbr = new Bbr();
    const session = a.tcp.connect({
      address: '10.0.0.2',
      port: 7,
      overrides: [override(TCP_CONGESTION, { make: () => bbr })],
      handler: { established: pump, writable: pump },
    });
    // Where the send buffer runs dry meanwhile, no round trip says anything of the path, and BBR goes on doubling.
    while (bbr.phase === 'startup' && clock.step(5000));
    t.true(clock.now() < 1900, `seed ${seed}: after ${clock.now()} ms it still looks for it`);
    await a.stack.stop();
    await b.stack.stop();
  }
});
