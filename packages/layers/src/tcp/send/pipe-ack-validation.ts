import { initialWindow } from '../congestion/congestion.js';
import type { SentSegment } from './flight.js';
import { PipeAck } from './pipe-ack.js';
import type { Sending } from './sending.js';
import { WindowUsage } from './window-usage.js';
import type { WindowValidation } from './window-validation.js';

/** ms: RFC 7661 section 4.4, how long a window may be preserved that is not validated (NVP). */
export const PIPE_ACK_PRESERVED = 300_000;

/**
 * RFC 7661: a window of which less than half was used lately is preserved, also through idle times, but not validated.
 * In that phase it grows only where it is used up, what it lets go is spread over a round trip, a loss leaves half of
 * what was really used, and after five minutes half of it is gone.
 */
export class PipeAckValidation implements WindowValidation {
  private readonly pipeAck = new PipeAck();
  private readonly usage = new WindowUsage();
  /** When the phase began, in ms; -1 while the window is validated. */
  private since = -1;
  /** Max (pipeACK, LossFlightSize) of a loss in that phase; -1 where there was none. */
  private used = -1;
  /** R of section 4.4.1: bytes that were sent again, each of them counted once. */
  private resentBytes = 0;

  /**
   * @param preserved ms for which a window is preserved
   * @param pacing whether what it lets go is spread
   */
  constructor(
    private readonly preserved = PIPE_ACK_PRESERVED,
    private readonly pacing = true,
  ) {}

  /** Whether the window is in the non-validated phase. */
  get nonValidated(): boolean {
    return this.since >= 0;
  }

  sent(sending: Sending, full: boolean): void {
    this.usage.sent(sending, full);
    this.review(sending);
  }

  limited(): boolean {
    return this.since < 0 || this.usage.full;
  }

  acknowledged(sending: Sending, bytes: number): void {
    // Section 4.2: "MUST NOT be updated during TCP Fast Recovery."
    if (sending.recovering) return;
    this.pipeAck.acknowledged(bytes, sending.now, sending.rtt.srtt);
    this.review(sending);
  }

  lost(sending: Sending, marked: boolean): void {
    const { congestion, flight, mss } = sending;
    this.used = -1;
    this.resentBytes = 0;
    if (this.since < 0 || !congestion.proportional) return;
    this.since = -1;
    this.used = Math.max(this.pipeAck.value(sending.now, sending.rtt.srtt), flight.bytes);
    congestion.cwnd = congestion.ssthresh = Math.max(mss, this.used / 2);
    // Nothing is repaired after a mark, and what was measured before it counts no longer.
    if (marked) this.pipeAck.forget();
  }

  resent(segment: SentSegment): void {
    if (segment.transmissions === 2) this.resentBytes += segment.length;
  }

  recovered({ congestion, mss }: Sending): void {
    this.pipeAck.forget();
    if (this.used < 0) return;
    congestion.cwnd = congestion.ssthresh = Math.max(mss, (this.used - this.resentBytes) / 2);
    this.used = -1;
  }

  expired(): void {
    this.used = this.since = -1;
    this.pipeAck.forget();
  }

  idled(sending: Sending): void {
    this.review(sending);
  }

  pacingRate({ congestion, rtt }: Sending): number {
    return this.since >= 0 && this.pacing && rtt.srtt > 0 ? congestion.cwnd / rtt.srtt : 0;
  }

  /** Sections 4.3 and 4.4.3: which phase it is, and what the end of the preserved time leaves. */
  private review({ congestion, now, rtt, mss, recovering }: Sending): void {
    const { pipeAck } = this;
    if (recovering || !congestion.proportional) return;
    const value = pipeAck.value(now, rtt.srtt);
    const validated = value < 0 || value >= congestion.cwnd / 2;
    // An idle sender hears nothing: the phase began when the last sample had become too old.
    if (!validated && this.since < 0) this.since = Math.min(now, pipeAck.sampledAt + PipeAck.period(rtt.srtt));
    const least = initialWindow(mss);
    while (this.since >= 0 && now - this.since >= this.preserved) {
      congestion.ssthresh = Math.max(congestion.ssthresh, (3 * congestion.cwnd) / 4);
      this.since = congestion.cwnd > least ? this.since + this.preserved : now;
      congestion.cwnd = Math.min(congestion.cwnd, Math.max(congestion.cwnd / 2, least));
    }
    if (validated) this.since = -1;
  }
}
