import type { AckSample } from '../congestion/congestion.js';
import type { Sending } from '../send/sending.js';
import { seqBefore } from '../sequence.js';

/** RFC 8985 section 7.2: how long a peer may delay the acknowledgement of a single segment, in ms. */
const MAX_ACK_DELAY = 200;
/** Before the first measurement. */
const UNMEASURED = 1000;

/** Asks for an acknowledgement where none comes, before the retransmission timer does (RFC 8985 section 7). */
export class TailLossProbe {
  /** TLP.end_seq: null where no probe is in flight. */
  private end: number | null = null;
  /** TLP.is_retrans */
  private retransmits = false;
  /** Since the last measurement of the round trip one was sent. */
  private spent = false;

  /** When to probe, in ms (section 7.2). */
  due(sending: Sending, now: number): number {
    const { flight, rtt } = sending;
    let wait = rtt.srtt > 0 ? 2 * rtt.srtt : UNMEASURED;
    if (rtt.srtt > 0 && flight.count <= 1 && flight.bytes <= sending.mss) wait += MAX_ACK_DELAY;
    return Math.min(now + wait, sending.rtoAt);
  }

  measured(): void {
    this.spent = false;
  }

  /** A recovery begins, or the timer has expired: nobody asks for what a probe has found. */
  forget(): void {
    this.end = null;
  }

  /** Section 7.3. */
  send(sending: Sending): void {
    if (this.end !== null || this.spent) return;
    this.spent = true;
    this.retransmits = !sending.probe();
    this.end = sending.sndNxt;
  }

  /** Section 7.4.2: whether the probe has repaired a loss, which congestion control must hear of. */
  answered(sending: Sending, sample: AckSample): boolean {
    const { end } = this;
    if (end === null || seqBefore(sending.sndUna, end)) return false;
    if (!this.retransmits || sample.dsack) this.end = null;
    else if (seqBefore(end, sending.sndUna)) {
      this.end = null;
      return true;
    } else if (sample.acked === 0 && sample.sacked === 0) this.end = null;
    return false;
  }
}
