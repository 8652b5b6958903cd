import {
  Flight,
  KeepFirst,
  KeepLast,
  OutOfOrder,
  type SentSegment,
  seqAdd,
  seqBefore,
  seqDistance,
} from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';

const start = fc.constantFrom(0, 1000, 2 ** 31 - 40, -40);

test('ranges received out of order are what a map of single bytes says, under either policy', (t) => {
  const segment = fc.record({ at: fc.integer({ min: 1, max: 80 }), length: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(start, fc.array(segment, { maxLength: 40 }), fc.boolean(), (base, segments, last) => {
      const kept = new OutOfOrder();
      const policy = last ? new KeepLast() : new KeepFirst();
      const bytes = new Map<number, number>();
      const expected = new Map<number, number>();
      for (const [i, { at, length }] of segments.entries()) {
        const from = seqAdd(base, at);
        kept.add(from, seqAdd(from, length), base, policy, (left, right) => {
          for (let seq = left; seqBefore(seq, right); seq = seqAdd(seq, 1)) bytes.set(seq, i);
        });
        for (let n = 0; n < length; n++) {
          const seq = seqAdd(from, n);
          if (last || !expected.has(seq)) expected.set(seq, i);
        }
      }
      t.deepEqual([...bytes].sort(), [...expected].sort());
      const whole = [...expected.keys()].map((seq) => seqDistance(base, seq)).sort((a, b) => a - b);
      const ranges = whole.filter((place, i) => i === 0 || whole[i - 1] !== place - 1).length;
      t.is(kept.count, ranges);
      for (let place = 1; place < 110; place++) {
        const seq = seqAdd(base, place);
        t.is(kept.firstWithin(seq, seqAdd(seq, 1)) !== undefined, expected.has(seq));
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('advancing joins what follows without a gap, and only that', (t) => {
  const kept = new OutOfOrder();
  const policy = new KeepFirst();
  for (const [from, to] of [
    [10, 20],
    [30, 40],
    [50, 60],
  ]) {
    kept.add(from, to, 0, policy, () => {});
  }
  t.is(kept.advance(5), 5);
  t.is(kept.advance(10), 20);
  t.is(kept.advance(35), 40);
  t.is(kept.count, 1);
  t.is(kept.advance(70), 70);
  t.true(kept.empty);
});

test('the sums of what is in flight are those of its segments, whatever happens to them', (t) => {
  const step = fc.record({
    what: fc.constantFrom('send', 'ack', 'lose', 'resend', 'sack', 'split', 'timeout'),
    a: fc.integer({ min: 0, max: 400 }),
    b: fc.integer({ min: 1, max: 60 }),
  });
  const observer = { delivered: () => {} };
  fc.assert(
    fc.property(start, fc.array(step, { maxLength: 80 }), (base, steps) => {
      const flight = new Flight();
      let una = base;
      let nxt = base;
      for (const { what, a, b } of steps) {
        const chosen: SentSegment | undefined = flight.count > 0 ? flight.at(a % flight.count) : undefined;
        const length = seqDistance(una, nxt);
        if (what === 'send') {
          flight.sent(nxt, seqAdd(nxt, b), 0);
          nxt = seqAdd(nxt, b);
        } else if (what === 'ack' && length > 0) {
          una = seqAdd(una, (a % length) + 1);
          flight.acknowledge(una, observer);
        } else if (what === 'lose' && chosen !== undefined) flight.markLost(chosen);
        else if (what === 'resend' && chosen?.lost) flight.resent(chosen, 1);
        else if (what === 'split' && chosen !== undefined && chosen.length > 1) {
          flight.split(chosen, seqAdd(chosen.seq, 1 + (b % (chosen.length - 1))));
        } else if (what === 'sack' && length > 1) {
          const left = seqAdd(una, a % length);
          const right = seqAdd(left, Math.min(b, seqDistance(left, nxt)));
          flight.sack(left, right, observer);
        } else if (what === 'timeout') flight.markAllLost();
        const all = Array.from({ length: flight.count }, (_, i) => flight.at(i));
        const sum = (of: (each: SentSegment) => boolean) =>
          all.filter(of).reduce((bytes, each) => bytes + each.length, 0);
        t.is(
          all.reduce((at, each) => (each.seq === at && each.length > 0 ? each.end : Number.NaN), una),
          nxt,
          'they lie side by side between SND.UNA and SND.NXT',
        );
        t.deepEqual(
          [flight.bytes, flight.lostLoad, flight.sackedLoad, flight.lostCount, flight.sackedCount],
          [
            length === 0 && all.length === 0 ? 0 : seqDistance(una, nxt),
            sum((each) => each.lost),
            sum((each) => each.sacked),
            all.filter((each) => each.lost).length,
            all.filter((each) => each.sacked).length,
          ],
        );
        t.true(all.every((each) => !(each.lost && each.sacked)));
        t.is(
          flight.nextLost(),
          all.find((each) => each.lost),
        );
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});
