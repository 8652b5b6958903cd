import { AckSample, Cubic } from '@netwright/layers';
import test from 'ava';

const MSS = 1000;
const RTT = 100;

/** Windows in segments, times in ms: a connection in congestion avoidance whose window is always full. */
class Course {
  readonly cubic = new Cubic();

  constructor(segments: number) {
    this.cubic.begin(MSS, 0);
    this.cubic.cwnd = this.cubic.ssthresh = segments * MSS;
  }

  get window(): number {
    return this.cubic.cwnd / MSS;
  }

  /** Round trips from `from` to `to`. */
  run(from: number, to: number): void {
    for (let now = from; now < to; now += RTT) {
      const segments = Math.round(this.window);
      for (let i = 0; i < segments; i++) this.ack(now + (RTT * i) / segments);
    }
  }

  ack(now: number): void {
    const sample = new AckSample();
    Object.assign(sample, { now, acked: MSS, delivered: MSS, rtt: RTT, srtt: RTT, mss: MSS, windowLimited: true });
    this.cubic.acknowledged(sample, false);
  }

  lose(now: number): void {
    this.cubic.lost(this.cubic.cwnd, MSS, now);
    this.cubic.recovered();
  }
}

// @rfc 9438 S4.2-1 S4.4-1 S5-1
test('after a loss the window follows 0.4 (t - K)³ + W_max, flat where the loss was (RFC 9438 sections 4.2 and 4.4)', (t) => {
  const course = new Course(1000);
  course.ack(0);
  course.lose(0);
  t.is(Math.round(course.window), 700);
  // K is the cube root of 300 / 0.4: 9.086 s.
  const k = Math.cbrt(300 / 0.4);
  let now = 0;
  for (const seconds of [2, 5, 8, 9, 12]) {
    course.run(now, seconds * 1000);
    now = seconds * 1000;
    const expected = 0.4 * (seconds - k) ** 3 + 1000;
    t.true(Math.abs(course.window - expected) < 12, `${course.window} after ${seconds} s, not ${expected}`);
  }
});

// @rfc 9438 S4.2-2 S4.4-1
test('no round trip makes the window more than half larger, nor smaller (RFC 9438 section 4.2)', (t) => {
  const course = new Course(20);
  course.ack(0);
  course.lose(0);
  let now = 0;
  // Long beyond the plateau the curve is steep.
  for (let i = 0; i < 400; i++, now += RTT) {
    const before = course.window;
    course.run(now, now + RTT);
    // By each ACK a share of what is missing to 1.5: a window of them cannot pass e^0.5.
    t.true(course.window >= before && course.window < 1.65 * before, `${before} to ${course.window}`);
  }
  t.true(course.window > 200);
});

// @rfc 9438 S4.7-1
test('who loses below the last plateau makes room: the next one lies lower than the loss (RFC 9438 section 4.7)', (t) => {
  const course = new Course(1000);
  course.ack(0);
  course.lose(0);
  course.run(0, 3000);
  const lostAt = course.window;
  t.true(lostAt < 1000);
  course.lose(3000);
  // At the plateau the curve is flat: for a second around it nearly nothing is gained.
  const plateau = 0.85 * lostAt;
  const k = Math.cbrt((plateau - 0.7 * lostAt) / 0.4);
  course.run(3000, 3000 + 1000 * k);
  t.true(Math.abs(course.window - plateau) < 0.02 * plateau, `${course.window}, not ${plateau}`);
});

// @rfc 9438 S4.8-1
test('a timeout leaves one segment, and 0.7 of the window as threshold; a second one in a row changes nothing of it (RFC 9438 section 4.8)', (t) => {
  const { cubic } = new Course(100);
  cubic.expired(100 * MSS, MSS, true, 0);
  t.is(cubic.cwnd, MSS);
  t.is(Math.round(cubic.ssthresh), 70 * MSS);
  cubic.expired(MSS, MSS, false, 1000);
  t.deepEqual([cubic.cwnd, Math.round(cubic.ssthresh)], [MSS, 70 * MSS]);
});

// @rfc 9438 S4.9-1
test('a loss that was none is taken back: window, threshold and plateau (RFC 9438 section 4.9)', (t) => {
  const course = new Course(1000);
  course.ack(0);
  course.lose(0);
  course.run(0, 2000);
  const { cwnd, ssthresh } = course.cubic;
  course.lose(2000);
  course.cubic.undo();
  t.deepEqual([course.cubic.cwnd, course.cubic.ssthresh], [cwnd, ssthresh]);
  // It goes on to the plateau of the first loss.
  course.run(2000, 10_000);
  t.true(Math.abs(course.window - 1000) < 20, `${course.window}`);
});

// @rfc 9438 S4.8-2
test('after a timeout the plateau lies where congestion avoidance begins, not where the window was before (RFC 9438 section 4.8)', (t) => {
  const course = new Course(1000);
  course.ack(0);
  course.cubic.expired(1000 * MSS, MSS, true, 0);
  course.cubic.cwnd = course.cubic.ssthresh;
  t.is(Math.round(course.window), 700);
  course.run(0, 4000);
  // K is 0: 0.4 * 4^3 above 700. With K as after a loss it would have been 948 already.
  const expected = 700 + 0.4 * 4 ** 3;
  t.true(Math.abs(course.window - expected) < 12, `${course.window}, not ${expected}`);
  course.lose(4000);
  const lost = course.window;
  course.run(4000, 6000);
  t.true(course.window > lost + 20, 'the next loss has its plateau above the window again');
});
