import { seqDistance } from '../sequence.js';

const WRAP = 0x1_0000_0000;

/**
 * The upper half of 64-bit sequence numbers (RFC 5925 section 6.2, SNE): no two segments of a connection are signed
 * alike, however often its numbers wrap.
 */
export class SequenceExtension {
  /** The newest number seen, unwrapped. */
  private newest = 0;
  private low = 0;

  /** The connection begins with `isn`. */
  begin(isn: number): void {
    this.newest = isn >>> 0;
    this.low = isn | 0;
  }

  /** The extension of a number near the newest. */
  of(seq: number): number {
    return Math.max(0, Math.floor((this.newest + seqDistance(this.low, seq)) / WRAP));
  }

  /** A segment with this number is ours, or was verified. */
  advance(seq: number): void {
    const ahead = seqDistance(this.low, seq);
    if (ahead <= 0) return;
    this.newest += ahead;
    this.low = seq | 0;
  }
}
