import type { AckSample } from '../congestion/congestion.js';
import { initialWindow } from '../congestion/congestion.js';
import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';
import { seqAdd, seqAtMost, seqBefore } from '../sequence.js';
import { SpuriousDetection } from './spurious.js';

/** A range that was sent again, how often, and whether the peer has reported it as a duplicate. */
interface Repeat {
  readonly seq: number;
  readonly end: number;
  times: number;
  duplicate: boolean;
}

/**
 * The same by the letter of RFC 3522, RFC 3708 and RFC 4015: who remembers each range that was sent again can be surer
 * than who counts them, and trusts fewer reports. What a needless timeout has changed comes back without a burst.
 */
export class StrictSpuriousDetection extends SpuriousDetection {
  /** What was sent again since the recovery began, and in the one before. */
  private repeated: Repeat[] = [];
  private before: Repeat[] = [];
  /** RFC 3708 section 3, A.1 and A.3: not in this window; A.4: never again. */
  private barred = false;
  private duplicating = false;
  private reported = false;
  /** A duplicate was reported by an earlier acknowledgement (RFC 3522 section 3.2, step 5). */
  private duplicateBefore = false;
  /** pipe_prev of RFC 4015 section 3.2, in bytes; -1 where a timeout did not begin it. */
  private pipeBefore = -1;

  override begin(sending: Sending, timeout = false): void {
    super.begin(sending, timeout);
    this.before = this.repeated;
    this.repeated = [];
    this.barred = this.reported = false;
    this.pipeBefore = timeout ? Math.max(sending.flight.bytes, sending.congestion.ssthresh) : -1;
  }

  override resent(sending: Sending, segment: SentSegment): void {
    super.resent(sending, segment);
    const again = this.repeated.find((each) => overlaps(each, segment.seq, segment.end));
    if (again !== undefined) again.times++;
    else this.repeated.push({ seq: segment.seq, end: segment.end, times: 1, duplicate: false });
  }

  override heard(sending: Sending, sample: AckSample): void {
    super.heard(sending, sample);
    if (sample.sacked > 0 || sending.flight.sackedCount > 0) this.reported = true;
    if (!sample.dsack) return;
    const begin = seqAdd(sample.dsackEnd, -sample.dsackBytes);
    const repeats = [...this.repeated, ...this.before].filter((each) => overlaps(each, begin, sample.dsackEnd));
    // A.1: all acknowledgements of a window may have been lost.
    if (!this.reported && begin === seqAdd(sending.sndUna, -sample.acked)) this.barred = true;
    if (repeats.length === 0) this.duplicating = true;
    for (const each of repeats) {
      if (each.times > 1) this.barred = true;
      each.duplicate = true;
    }
  }

  override get needless(): boolean {
    const { repeated, barred, duplicating } = this;
    return this.started && !barred && !duplicating && repeated.length > 0 && repeated.every((each) => each.duplicate);
  }

  override answersOriginal(sending: Sending, sample: AckSample): boolean {
    const before = this.duplicateBefore;
    if (sample.dsack) this.duplicateBefore = true;
    // The acknowledgements of all that was outstanding may have been lost, but the last.
    if (sample.dsack || (!before && sending.flight.count === 0)) return false;
    return super.answersOriginal(sending, sample);
  }

  override revert(sending: Sending, sample: AckSample): void {
    super.revert(sending, sample);
    if (sample.marked) return;
    const { congestion, flight, mss } = sending;
    if (this.pipeBefore < 0 || !congestion.proportional) return;
    congestion.ssthresh = this.pipeBefore;
    congestion.cwnd = flight.bytes + Math.min(sample.acked, initialWindow(mss));
    // "cwnd must not be changed any further for that ACK".
    sample.windowLimited = false;
  }
}

function overlaps({ seq, end }: Repeat, from: number, to: number): boolean {
  return seqBefore(seq, to) && seqBefore(from, end) && seqAtMost(seq, end);
}
