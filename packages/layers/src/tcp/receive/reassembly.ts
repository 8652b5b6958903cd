import { MAX_SACK_BLOCKS } from '../segment/segment.js';
import { seqAdd, seqAtMost, seqBefore, seqDistance } from '../sequence.js';

/**
 * Decides which bytes win where segments overlap that arrived out of order. What was received in order is never
 * changed again: it may have been read.
 */
export interface ReassemblyPolicy {
  /**
   * Whether the new segment's bytes replace kept ones where both overlap; all four are distances from RCV.NXT in
   * bytes, ends exclusive.
   */
  prefersNew(keptStart: number, keptEnd: number, newStart: number, newEnd: number): boolean;
  /** How many separate ranges are kept; more are dropped, and sent again by the peer. */
  readonly maxRanges: number;
}

/** What came first stays: nobody changes what was seen already. */
export class KeepFirst implements ReassemblyPolicy {
  constructor(readonly maxRanges = DEFAULT_RANGES) {}

  prefersNew(): boolean {
    return false;
  }
}

/** What comes last wins. */
export class KeepLast implements ReassemblyPolicy {
  constructor(readonly maxRanges = DEFAULT_RANGES) {}

  prefersNew(): boolean {
    return true;
  }
}

/** BSD: what was kept stays unless the new segment begins before it. */
export class KeepUnlessEarlier implements ReassemblyPolicy {
  constructor(readonly maxRanges = DEFAULT_RANGES) {}

  prefersNew(keptStart: number, _keptEnd: number, newStart: number): boolean {
    return newStart < keptStart;
  }
}

/** How many ranges are kept unless said otherwise: one loss in a hundred leaves that many holes in 100 MB. */
export const DEFAULT_RANGES = 1024;

/** How many of the ranges touched last are at hand: twice what a segment reports. */
const RECENT = 2 * MAX_SACK_BLOCKS;

/** A stretch of sequence space that has arrived beyond a hole: [start, end). */
class Range {
  /** When it last grew: SACK reports the latest first. */
  touched = 0;

  constructor(
    public start: number,
    public end: number,
  ) {}
}

/** The ranges received out of order, sorted, apart from each other. */
export class OutOfOrder {
  private readonly ranges: Range[] = [];
  /** The ones touched last, the latest first. */
  private recent: Range[] = [];
  private touches = 0;

  get empty(): boolean {
    return this.ranges.length === 0;
  }

  /** How many separate ranges there are. */
  get count(): number {
    return this.ranges.length;
  }

  /** Where the last range ends. */
  get end(): number {
    return this.ranges[this.ranges.length - 1].end;
  }

  /**
   * Takes [start, end) in. For each part of it whose bytes are to be stored, `store(from, to)` is called.
   * @returns false when the table is full and nothing was taken.
   */
  add(
    start: number,
    end: number,
    rcvNxt: number,
    policy: ReassemblyPolicy,
    store: (from: number, to: number) => void,
  ): boolean {
    const { ranges } = this;
    const at = this.firstEndingAt(start);
    let joined = at;
    let from = start;
    for (; joined < ranges.length && seqAtMost(ranges[joined].start, end); joined++) {
      const kept = ranges[joined];
      if (seqBefore(from, kept.start)) store(from, kept.start);
      const overlapStart = seqBefore(kept.start, start) ? start : kept.start;
      const overlapEnd = seqBefore(end, kept.end) ? end : kept.end;
      const base = rcvNxt;
      if (
        seqBefore(overlapStart, overlapEnd) &&
        policy.prefersNew(
          seqDistance(base, kept.start),
          seqDistance(base, kept.end),
          seqDistance(base, start),
          seqDistance(base, end),
        )
      ) {
        store(overlapStart, overlapEnd);
      }
      if (seqBefore(from, kept.end)) from = kept.end;
    }
    if (joined === at && ranges.length >= policy.maxRanges) return false;
    if (seqBefore(from, end)) store(from, end);
    const merged = joined > at ? ranges[at] : new Range(start, end);
    if (joined > at) {
      if (seqBefore(start, merged.start)) merged.start = start;
      const last = ranges[joined - 1];
      merged.end = seqBefore(last.end, end) ? end : last.end;
      for (const gone of ranges.splice(at + 1, joined - at - 1)) this.forget(gone);
    } else {
      ranges.splice(at, 0, merged);
    }
    this.touch(merged);
    return true;
  }

  /** RCV.NXT has come to `seq`. @returns where it may go on to: the end of the range that this joins, else `seq`. */
  advance(seq: number): number {
    const { ranges } = this;
    while (ranges.length > 0 && seqAtMost(ranges[0].start, seq)) {
      const { end } = ranges[0];
      this.forget(ranges[0]);
      ranges.shift();
      if (seqBefore(seq, end)) seq = end;
    }
    return seq;
  }

  /** The first range that holds some of [start, end); undefined where all of that is new. */
  firstWithin(start: number, end: number): { readonly start: number; readonly end: number } | undefined {
    let at = this.firstEndingAt(start);
    // One that ends where this begins holds nothing of it.
    if (at < this.ranges.length && this.ranges[at].end === start) at++;
    const range = this.ranges[at];
    return range !== undefined && seqBefore(range.start, end) ? range : undefined;
  }

  /**
   * Writes the blocks to report into `out`, the one touched last first (RFC 2018 section 4).
   * @param begin how many blocks are in `out` already. @returns how many are in it then.
   */
  report(out: Int32Array, begin = 0): number {
    const blocks = Math.min(begin + this.ranges.length, MAX_SACK_BLOCKS);
    if (this.recent.length < blocks - begin) this.recall();
    for (let block = begin; block < blocks; block++) {
      const range = this.recent[block - begin];
      out[2 * block] = range.start;
      out[2 * block + 1] = range.end;
    }
    return blocks;
  }

  clear(): void {
    this.ranges.length = this.recent.length = 0;
  }

  /** The first range that ends at `seq` or beyond it. Most segments follow the last one: that is looked at first. */
  private firstEndingAt(seq: number): number {
    const { ranges } = this;
    let low = 0;
    let high = ranges.length;
    if (high > 0 && seqBefore(ranges[high - 1].end, seq)) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seqBefore(ranges[middle].end, seq)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private touch(range: Range): void {
    range.touched = ++this.touches;
    const { recent } = this;
    if (recent[0] === range) return;
    const at = recent.indexOf(range);
    if (at >= 0) recent.splice(at, 1);
    else if (recent.length === RECENT) recent.pop();
    recent.unshift(range);
  }

  private forget(range: Range): void {
    const at = this.recent.indexOf(range);
    if (at >= 0) this.recent.splice(at, 1);
  }

  /** Those touched lately are gone: look through all. */
  private recall(): void {
    this.recent = [...this.ranges].sort((a, b) => b.touched - a.touched).slice(0, RECENT);
  }
}

/**
 * A FIN beyond a hole is reported as the number that it takes: with the block that it ends, or alone, behind a duplicate.
 * @param blocks how many there are in `out`. @returns how many there are now
 */
export function reportFin(finAt: number, out: Int32Array, blocks: number, duplicateAt: number | null): number {
  for (let i = 1; i < 2 * blocks; i += 2) {
    if (out[i] !== finAt) continue;
    out[i] = seqAdd(finAt, 1);
    return blocks;
  }
  const at = duplicateAt === null ? 0 : 2;
  const count = Math.min(blocks + 1, MAX_SACK_BLOCKS);
  out.copyWithin(at + 2, at, 2 * (count - 1));
  out[at] = finAt;
  out[at + 1] = seqAdd(finAt, 1);
  return count;
}
