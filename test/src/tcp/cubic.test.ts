import { override } from '@netwright/core';
import { AckSample, Cubic, TCP_CONGESTION } from '@netwright/layers';
import test from 'ava';
import { sendWithoutEnd, TwoEnds } from './two-ends.js';

const MSS = 1000;

/** An acknowledgement of one segment, in a connection with a round trip of 100 ms whose window is full. */
function ack(cubic: Cubic, now: number, windowLimited = true): void {
  const sample = new AckSample();
  Object.assign(sample, { now, acked: MSS, delivered: MSS, rtt: 100, srtt: 100, mss: MSS, windowLimited });
  cubic.acknowledged(sample, false);
}

/** In congestion avoidance, with a window of so many segments that is used. */
function begun(segments: number): Cubic {
  const cubic = new Cubic();
  cubic.begin(MSS, 0);
  cubic.cwnd = segments * MSS;
  cubic.ssthresh = cubic.cwnd;
  ack(cubic, 0);
  cubic.cwnd = segments * MSS;
  return cubic;
}

// @rfc 9438 S4.6-1
test('a loss leaves 0.7 of the window that was used, whatever was acknowledged selectively meanwhile (RFC 9438 section 4.6)', (t) => {
  const cubic = begun(20);
  // Three of twenty are reported: they are in flight no more, but were part of the window.
  cubic.lost(17 * MSS, MSS, 100);
  t.is(Math.round(cubic.ssthresh), 14 * MSS);
  t.is(cubic.cwnd, cubic.ssthresh);
});

// @rfc 9438 S4.6-1
test('where the application does not use the window, a loss leaves 0.7 of what was in flight', (t) => {
  const cubic = begun(20);
  ack(cubic, 50, false);
  cubic.lost(5 * MSS, MSS, 100);
  t.is(Math.round(cubic.ssthresh), 3.5 * MSS);
});

/** How much the window grows in a round trip that begins with `segments`, `now` ms after the beginning: in segments. */
function growth(cubic: Cubic, now: number): number {
  const before = cubic.cwnd;
  const segments = Math.round(before / MSS);
  for (let i = 0; i < segments; i++) ack(cubic, now + (100 * i) / segments);
  return (cubic.cwnd - before) / MSS;
}

// @rfc 9438 S4.3-1 S4.3-2
test('the Reno-friendly window grows by 0.53 segments a round trip up to the window before the loss, then by one (RFC 9438 section 4.3)', (t) => {
  const cubic = begun(20);
  cubic.lost(20 * MSS, MSS, 0);
  cubic.recovered();
  // Below the last plateau: it makes room for others, and the plateau lies lower than the window was.
  cubic.cwnd = 12 * MSS;
  ack(cubic, 100);
  cubic.cwnd = 12 * MSS;
  cubic.lost(12 * MSS, MSS, 100);
  cubic.recovered();
  let now = 200;
  const grown: { from: number; by: number }[] = [];
  for (let i = 0; i < 12; i++, now += 100) grown.push({ from: cubic.cwnd / MSS, by: growth(cubic, now) });
  for (const { from, by } of grown) {
    if (from + by < 12) t.true(by > 0.45 && by < 0.65, `${by} from ${from}`);
    else if (from > 12.2) t.true(by > 0.9 && by < 1.1, `${by} from ${from}`);
  }
  t.true(grown.some(({ from }) => from > 12.2) && grown.some(({ from, by }) => from + by < 12 && from > 10.2));
});

test('over 100 ms and one loss in a hundred CUBIC has the window that RFC 9438 expects of it', async (t) => {
  let total = 0;
  for (const seed of [1, 2, 3]) {
    const cable = { latency: 50, from: { a: { latency: 50, loss: 0.01 } } };
    const ends = await new TwoEnds({ seed, cable }).start();
    const { a, b, clock } = ends;
    const overrides = [override(TCP_CONGESTION, { make: () => new Cubic() })];
    const { sending } = sendWithoutEnd(ends, { overrides });
    while (clock.now() < 60_000 && clock.step());
    await a.stack.stop();
    await b.stack.stop();
    total += sending.received;
  }
  // Its table 1 has 12 segments for this cell: 1.39 Mbit/s of payload.
  const mbits = (total * 8) / 180e6;
  t.true(mbits > 1.35 && mbits < 1.7, `${mbits.toFixed(2)} Mbit/s`);
});
