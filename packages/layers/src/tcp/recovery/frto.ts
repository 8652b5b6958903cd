import type { AckSample } from '../congestion/congestion.js';
import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';
import { seqAtMost, seqBefore } from '../sequence.js';

/** What the acknowledgements after a retransmission timeout say of it. */
export type TimeoutVerdict = 'spurious' | 'new-data' | 'unknown';

/**
 * F-RTO (RFC 5682): after a timeout and the one retransmission it makes, new data is sent instead of more of the old.
 * Where what was never sent again is acknowledged next, nothing had been lost: the timer was too early. It needs no
 * timestamps; with SACK (section 3) it sees more.
 */
export class ForwardRto {
  private active = false;
  /** What had been sent when the timer expired, or when new data was sent to find out. */
  private recover = 0;
  /** Where what the timer sent again ends. */
  private repairEnd = 0;
  /** Something sent once, before the timeout, has arrived. */
  private originalArrived = false;
  private repairArrived = false;

  /** The timer expired; `enter` unless this algorithm must stay out of it (section 2.1, step 1). */
  begin(sending: Sending, enter: boolean): void {
    this.active = enter;
    this.recover = sending.sndNxt;
    this.repairEnd = sending.flight.first?.end ?? sending.sndNxt;
    this.originalArrived = this.repairArrived = false;
  }

  end(): void {
    this.active = false;
  }

  delivered(segment: SentSegment): void {
    if (!this.active) return;
    if (segment.transmissions > 1) this.repairArrived = true;
    else if (seqAtMost(segment.end, this.recover)) this.originalArrived = true;
  }

  /** An acknowledgement came. */
  acknowledged(sending: Sending, sample: AckSample, duplicate: boolean): TimeoutVerdict {
    const { originalArrived, repairArrived } = this;
    this.originalArrived = this.repairArrived = false;
    if (!this.active) return 'unknown';
    // Without SACK what a repair makes the peer acknowledge may have arrived long before.
    if (originalArrived && (sending.sack || !repairArrived)) {
      this.active = false;
      return 'spurious';
    }
    if (seqBefore(this.recover, sending.sndNxt)) {
      // Step 3.a: new data has arrived beyond a hole, so that the hole is one.
      if (sample.sacked > 0 || duplicate) this.active = false;
      return 'unknown';
    }
    if (sample.acked === 0) {
      // Step 2.a; with SACK it is waited on (section 3.1, step 2).
      this.active &&= sending.sack || !duplicate;
      return 'unknown';
    }
    // Step 2.a: part of what was sent again tells nothing of it; SACK would tell more (section 3.1).
    const part = !sending.sack && seqBefore(sending.sndUna, this.repairEnd);
    if (part || seqAtMost(this.recover, sending.sndUna) || !sending.hasNewData) {
      this.active = false;
      return 'unknown';
    }
    this.recover = sending.sndNxt;
    return 'new-data';
  }
}
