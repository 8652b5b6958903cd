import { EditLog, Substitutions } from '@netwright/plugins';
import test from 'ava';
import fc from 'fast-check';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Gaps, lengths taken out, and texts put in, from the front to the back. */
const edits = fc.array(
  fc.record({
    gap: fc.nat(6),
    removed: fc.nat(5),
    put: fc.uint8Array({ minLength: 0, maxLength: 7 }),
  }),
  { maxLength: 8 },
);

const LENGTH = 80;
const sent = Uint8Array.from({ length: LENGTH }, (_, i) => i);

/** The edited stream, put together the plain way. */
function edited(list: readonly { gap: number; removed: number; put: Uint8Array }[]) {
  const log = new EditLog();
  const out: number[] = [];
  let at = 1;
  let done = 0;
  for (const { gap, removed, put } of list) {
    at += gap;
    log.replace(at, removed, put);
    out.push(...sent.subarray(done, at), ...put);
    at += removed;
    done = at;
  }
  out.push(...sent.subarray(done));
  return { log, out: Uint8Array.from(out) };
}

test('any piece of a stream, sent again, is rewritten to the same bytes at the same place', (t) => {
  fc.assert(
    fc.property(edits, fc.nat(LENGTH), fc.nat(LENGTH), (list, a, b) => {
      const { log, out } = edited(list);
      const [from, to] = a < b ? [a, b] : [b, a];
      const target = new Uint8Array(200);
      const length = log.render(from, to, sent.subarray(from, to), target);
      t.is(length, log.image(to) - log.image(from));
      t.deepEqual([...target.subarray(0, length)], [...out.subarray(log.image(from), log.image(to))]);
      if (log.untouched(from, to)) t.deepEqual(target.subarray(0, length), sent.subarray(from, to));
    }),
    { seed: 1, numRuns: 400 },
  );
});

test('acknowledgements are translated to the last byte that they cover, ranges to what lies within them', (t) => {
  fc.assert(
    fc.property(edits, fc.nat(120), (list, received) => {
      const { log } = edited(list);
      const all = Array.from({ length: 200 }, (_, i) => i);
      t.is(log.original(received), all.filter((each) => log.image(each) <= received).at(-1) ?? -1);
      t.is(log.originalAfter(received), all.find((each) => log.image(each) >= received) ?? -1);
    }),
    { seed: 2, numRuns: 400 },
  );
});

test('images never go back, and an edit before an earlier one is refused', (t) => {
  fc.assert(
    fc.property(edits, (list) => {
      const { log } = edited(list);
      const images = Array.from({ length: LENGTH }, (_, i) => log.image(i));
      t.true(images.every((each, i) => i === 0 || each >= images[i - 1]));
    }),
    { seed: 3, numRuns: 200 },
  );
  const log = new EditLog();
  log.replace(10, 5, bytes('x'));
  t.throws(() => log.replace(14, 0, bytes('y')), { instanceOf: RangeError });
});

test('a text is found wherever the stream was cut, and only what may be its beginning waits', (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'ab', 'aba', 'abac', 'x'), { maxLength: 20 }), (pieces) => {
      const substitutions = new Substitutions([
        { find: bytes('abac'), put: bytes('-'), times: Number.POSITIVE_INFINITY },
      ]);
      let [waiting, out] = ['', ''];
      for (const [i, piece] of [...pieces, ''].entries()) {
        const text = waiting + piece;
        let [done, shown] = [0, ''];
        const over = i === pieces.length;
        const count = substitutions.look(bytes(text), over, {
          replace: (at, removed, put) => {
            shown += text.slice(done, at) + new TextDecoder().decode(put);
            done = at + removed;
          },
        });
        out += shown + text.slice(done, count);
        waiting = text.slice(count);
        t.true('abac'.startsWith(waiting) && waiting.length < 4);
      }
      t.is(waiting, '');
      t.is(out, pieces.join('').replaceAll('abac', '-'));
    }),
    { seed: 4, numRuns: 500 },
  );
});
