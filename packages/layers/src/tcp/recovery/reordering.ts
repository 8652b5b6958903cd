import type { SentSegment } from '../send/flight.js';
import { seqBefore, seqDistance } from '../sequence.js';

/** Farther than that nobody believes a path to reorder, in segments. */
const MAX_REORDERING = 300;

/** How far the path reorders: what arrives below the highest that has arrived, and was sent once, was overtaken. */
export class ReorderingDegree {
  /** Times that it was seen. */
  seen = 0;
  /** RACK.fack: the highest sequence number that has arrived. */
  private forward = 0;
  private started = false;
  /** The lowest that this acknowledgement has brought so. */
  private lowest: number | null = null;

  /** @param degree segments. */
  constructor(public degree: number) {}

  /** RFC 8985 section 6.2, step 3. It is told of segments in the order of sequence numbers. */
  delivered(segment: SentSegment): void {
    if (!this.started) {
      this.started = true;
      this.forward = segment.seq;
    }
    if (seqBefore(this.forward, segment.end)) this.forward = segment.end;
    else if (seqBefore(segment.end, this.forward) && segment.transmissions === 1) this.lowest ??= segment.seq;
  }

  /** All that an acknowledgement brings is known. */
  conclude(mss: number): void {
    if (this.lowest === null) return;
    this.note(seqDistance(this.lowest, this.forward), mss);
    this.lowest = null;
  }

  /** What was taken for lost was only late. */
  note(bytes: number, mss: number): void {
    this.seen++;
    this.degree = Math.min(MAX_REORDERING, Math.max(this.degree, Math.ceil(bytes / mss)));
  }
}
