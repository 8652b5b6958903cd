import { MAX_SACK_BLOCKS } from './segment.js';
import { seqAtMost, seqBefore, seqDistance } from './sequence.js';

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
  constructor(readonly maxRanges = 256) {}

  prefersNew(): boolean {
    return false;
  }
}

/** What comes last wins. */
export class KeepLast implements ReassemblyPolicy {
  constructor(readonly maxRanges = 256) {}

  prefersNew(): boolean {
    return true;
  }
}

/** BSD: what was kept stays unless the new segment begins before it. */
export class KeepUnlessEarlier implements ReassemblyPolicy {
  constructor(readonly maxRanges = 256) {}

  prefersNew(keptStart: number, _keptEnd: number, newStart: number): boolean {
    return newStart < keptStart;
  }
}

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
    // Most segments follow the last range: look from the end.
    let at = ranges.length;
    while (at > 0 && seqAtMost(start, ranges[at - 1].end)) at--;
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
      ranges.splice(at + 1, joined - at - 1);
    } else {
      ranges.splice(at, 0, merged);
    }
    merged.touched = ++this.touches;
    return true;
  }

  /** RCV.NXT has come to `seq`. @returns where it may go on to: the end of the range that this joins, else `seq`. */
  advance(seq: number): number {
    const { ranges } = this;
    while (ranges.length > 0 && seqAtMost(ranges[0].start, seq)) {
      const { end } = ranges[0];
      ranges.shift();
      if (seqBefore(seq, end)) seq = end;
    }
    return seq;
  }

  /** Whether [start, end) has arrived already, whole: a duplicate. */
  covers(start: number, end: number): boolean {
    return this.ranges.some((range) => seqAtMost(range.start, start) && seqAtMost(end, range.end));
  }

  /**
   * Writes the blocks to report into `out`, the one touched last first (RFC 2018 section 4).
   * @param begin how many blocks are in `out` already. @returns how many are in it then.
   */
  report(out: Int32Array, begin = 0): number {
    const { ranges } = this;
    const blocks = Math.min(begin + ranges.length, MAX_SACK_BLOCKS);
    let below = Number.POSITIVE_INFINITY;
    for (let block = begin; block < blocks; block++) {
      let latest: Range | null = null;
      for (const range of ranges) {
        if (range.touched < below && (latest === null || range.touched > latest.touched)) latest = range;
      }
      if (latest === null) return block;
      out[2 * block] = latest.start;
      out[2 * block + 1] = latest.end;
      below = latest.touched;
    }
    return blocks;
  }

  clear(): void {
    this.ranges.length = 0;
  }
}
