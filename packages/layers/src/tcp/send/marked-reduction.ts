import { ProportionalRateReduction } from '../recovery/prr.js';
import { seqBefore } from '../sequence.js';
import type { SendSpace } from './send-space.js';

/** A mark reduces the window as a loss does: over a round trip, in proportion to what arrives (RFC 6937 section 1). */
export class MarkedReduction {
  private readonly reduction = new ProportionalRateReduction();
  /** SND.NXT when the mark was heard of; null while there is none. */
  private until: number | null = null;

  /** The window is being reduced: it does not grow. */
  get active(): boolean {
    return this.until !== null;
  }

  /** The window was `before`, in bytes, and is to become what `congestion` has now. */
  begin(space: SendSpace, before: number, delivered: number): void {
    this.until = space.sndNxt;
    this.reduction.begin(before, space.flight.sentLoad);
    this.limit(space, delivered);
  }

  /** An acknowledgement came that delivers so many bytes; a loss has its own reduction. */
  acknowledged(space: SendSpace, delivered: number, recovering: boolean): void {
    if (this.until === null) return;
    if (recovering) this.until = null;
    else if (seqBefore(this.until, space.sndUna)) {
      this.until = null;
      space.repaired();
    } else this.limit(space, delivered);
  }

  private limit({ congestion, flight, mss }: SendSpace, delivered: number): void {
    congestion.cwnd = this.reduction.window(delivered, flight.pipe, congestion.ssthresh, mss, flight.sentLoad, false);
  }
}
