import type { Cursor } from '../lex.js';

/** When an event happens. Times are ms. */
export interface Moment {
  /** 'after' the previous event, 'at' a time of the script, or 'any' time. */
  readonly kind: 'after' | 'at' | 'any';
  readonly from: number;
  /** End of a window; `from` where there is none. */
  readonly to: number;
  /** When a blocking call returns, on the same scale; null where it does not block. */
  readonly until: number | null;
}

const SECONDS = /(\d+\.\d*|\.\d+|\d+)(?!\.\.)|\d+(?=\.\.\.)/y;

/** Whether an event begins here. */
export function seesTime(cursor: Cursor): boolean {
  cursor.skip();
  return /[+*\d.]/.test(cursor.text[cursor.at] ?? '');
}

/** Reads the time of an event. */
export function readMoment(cursor: Cursor): Moment {
  if (cursor.take('*')) return { kind: 'any', from: 0, to: 0, until: null };
  const kind = cursor.take('+') ? 'after' : 'at';
  const from = readSeconds(cursor);
  if (cursor.matchHere(/\s*~\s*\+?/y) !== null) {
    const to = readSeconds(cursor);
    if (to < from) cursor.fail('the window ends before it begins');
    return { kind, from, to, until: null };
  }
  if (cursor.matchHere(/\s*\.\.\.\s*\+?/y) !== null) {
    const until = readSeconds(cursor);
    if (until < from) cursor.fail('the call returns before it is made');
    return { kind, from, to: from, until };
  }
  return { kind, from, to: from, until: null };
}

/** '0.1' is 100 ms; whole microseconds, so that sums stay exact. */
function readSeconds(cursor: Cursor): number {
  cursor.skip();
  // '0...1': the three dots belong to the span, whatever they touch.
  const dotted = cursor.matchHere(/(\d+)(?=\.\.\.)/y) ?? cursor.matchHere(/(\d*\.\d+)(?=\.\.\.)/y);
  const match =
    dotted ?? cursor.matchHere(SECONDS) ?? cursor.fail(`expected a time in seconds, found ${cursor.found()}`);
  return Math.round(Number(match[0]) * 1e6) / 1000;
}
