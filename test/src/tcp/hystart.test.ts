import { Cubic, HyStart } from '@netwright/layers';
import test from 'ava';

const SEGMENTS = 10;

/** Slow start over rounds of ten segments. */
class Rounds {
  readonly hystart = new HyStart();
  private acked = 0;

  /** One round trip in which each ACK measures `rtt`, but for the first of them, which measure nothing. @returns whether slow start is over. */
  round(rtt: number, samples = SEGMENTS): boolean {
    let over = false;
    const end = this.acked + SEGMENTS;
    for (let i = 1; i <= SEGMENTS; i++) {
      this.acked++;
      if (this.hystart.acknowledged(this.acked, end + i, i > SEGMENTS - samples ? rtt : -1)) over = true;
    }
    return over;
  }
}

// @rfc 9406 S4.2-1 S4.2-2 S4.3-1
test('a round trip that grows by an eighth, by 4 ms at least and 16 at most, brings conservative slow start (RFC 9406 section 4.2)', (t) => {
  for (const [before, same, more] of [
    [8, 11.9, 12],
    [80, 89.9, 90],
    [400, 415.9, 416],
  ]) {
    const calm = new Rounds();
    for (let i = 0; i < 3; i++) calm.round(before);
    calm.round(same);
    calm.round(same);
    t.false(calm.hystart.conservative, `${before} and ${same} ms`);
    const busy = new Rounds();
    for (let i = 0; i < 3; i++) busy.round(before);
    busy.round(more);
    t.true(busy.hystart.conservative, `${before} and ${more} ms`);
  }
});

// @rfc 9406 S4.2-2 S4.3-1
test('fewer than eight measurements of a round say nothing', (t) => {
  const rounds = new Rounds();
  for (let i = 0; i < 3; i++) rounds.round(100);
  rounds.round(200, 7);
  t.false(rounds.hystart.conservative);
  const enough = new Rounds();
  for (let i = 0; i < 3; i++) enough.round(100);
  enough.round(200, 9);
  t.true(enough.hystart.conservative);
});

// @rfc 9406 S4.2-3 S4.2-5 S4.3-1
test('in it the window grows by a fourth of what it would; after five rounds slow start is over', (t) => {
  const rounds = new Rounds();
  for (let i = 0; i < 3; i++) rounds.round(100);
  t.is(rounds.hystart.growth(4000), 4000);
  t.false(rounds.round(150));
  t.is(rounds.hystart.growth(4000), 1000);
  // The round in which it began counts.
  for (let i = 0; i < 4; i++) t.false(rounds.round(160), `round ${i + 2}`);
  t.true(rounds.round(160));
});

// @rfc 9406 S4.2-4
test('when the round trip falls back, slow start goes on: the delay was jitter', (t) => {
  const rounds = new Rounds();
  for (let i = 0; i < 3; i++) rounds.round(100);
  rounds.round(150);
  rounds.round(150);
  t.true(rounds.hystart.conservative);
  rounds.round(120);
  t.false(rounds.hystart.conservative);
  t.is(rounds.hystart.growth(4000), 4000);
});

/** An acknowledgement of so much, with a round trip of `rtt`. */
const ack = (acked: number, rtt: number, flight = 10_000) =>
  ({ now: 0, acked, rtt, srtt: rtt, flight, mss: 1000, windowLimited: true }) as never;

// @rfc 9438 S4.10-1
// @rfc 9406 S4.2-5
test('CUBIC leaves slow start by it without a loss, at the window that it has come to', (t) => {
  const cubic = new Cubic();
  cubic.begin(1000, 0);
  for (let i = 0; i < 30; i++) cubic.acknowledged(ack(1000, 100), false);
  t.true(cubic.ssthresh > 2 ** 40);
  let acks = 0;
  while (cubic.ssthresh > 2 ** 40 && acks < 300) {
    cubic.acknowledged(ack(1000, 200), false);
    acks++;
  }
  t.true(acks < 300);
  t.is(cubic.ssthresh, cubic.cwnd);
});

// @rfc 9406 S4.3-2
test('an acknowledgement opens the window by eight segments at most where nothing is paced (RFC 9406 section 4.3)', (t) => {
  const cubic = new Cubic();
  cubic.begin(1000, 0);
  cubic.acknowledged(ack(30_000, 100), false);
  t.is(cubic.cwnd, 18_000);
});

// @rfc 9406 S4.3-3
test('once something was lost slow start is the usual one, whatever the round trip does (RFC 9406 section 4.3)', (t) => {
  const cubic = new Cubic();
  cubic.begin(1000, 0);
  cubic.cwnd = 1_000_000;
  cubic.expired(1_000_000, 1000, true, 0);
  const { ssthresh } = cubic;
  for (let i = 0; i < 30; i++) cubic.acknowledged(ack(1000, 100), false);
  for (let i = 0; i < 200; i++) cubic.acknowledged(ack(1000, 500), false);
  t.is(cubic.cwnd, 231_000);
  t.is(cubic.ssthresh, ssthresh);
});
