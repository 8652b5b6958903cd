import { seqAtMost, seqDistance } from '../sequence.js';

/** Where records end that are to be segments of their own (MSG_EOR): a segment holds bytes of one record only. */
export class Records {
  /** Sequence numbers, the next one first; null where nobody has ended a record. */
  private ends: number[] | null = null;

  /** What is queued up to `seq` ends a record. */
  end(seq: number): void {
    this.ends ??= [];
    this.ends.push(seq);
  }

  /** Whether the record that is sent now ends at `seq`. */
  endsAt(seq: number): boolean {
    return this.ends !== null && this.ends[0] === seq;
  }

  /** Nothing is queued beyond what was sent. */
  clear(): void {
    this.ends = null;
  }

  /** Bytes of `unsent`, which begin at `sndNxt`, that belong to one record. */
  within(unsent: number, sndNxt: number): number {
    const { ends } = this;
    if (ends === null) return unsent;
    while (ends.length > 0 && seqAtMost(ends[0], sndNxt)) ends.shift();
    return ends.length === 0 ? unsent : Math.min(unsent, seqDistance(sndNxt, ends[0]));
  }
}
