import type { SentSegment } from '../send/flight.js';
import type { AckSample } from './congestion.js';

/**
 * Measures how fast the path delivers (draft-cheng-iccrg-delivery-rate-estimation): what was delivered between the
 * sending of a segment and its acknowledgement, over the longer of the times that sending and acknowledging took.
 */
export class DeliveryRate {
  /** Bytes delivered since the connection began. */
  delivered = 0;
  private deliveredAt = 0;
  /** When the first segment of the flight being measured was sent. */
  private windowSentAt = 0;
  /** While `delivered` is below it, samples say more of the application than of the path; 0 when it is not so. */
  private appLimitedUpTo = 0;

  /** The last sample that tells of the path, or the best one that does not: bytes a ms. */
  best = 0;
  bestAppLimited = true;

  // The newest of the segments that this acknowledgement delivers.
  private priorDelivered = -1;
  private priorAt = 0;
  private sendElapsed = 0;
  private appLimited = false;

  /** A segment leaves; `idle` when nothing was in flight. */
  sent(segment: SentSegment, now: number, idle: boolean): void {
    if (idle) this.windowSentAt = this.deliveredAt = now;
    segment.priorDelivered = this.delivered;
    segment.priorAt = this.deliveredAt;
    segment.windowSentAt = this.windowSentAt;
    segment.appLimited = this.appLimitedUpTo > 0;
  }

  /** The application had nothing more to send while the window was open. */
  limitedByApplication(inFlight: number): void {
    this.appLimitedUpTo = Math.max(1, this.delivered + inFlight);
  }

  /** A segment has arrived. */
  arrived(segment: SentSegment, now: number): void {
    this.delivered += segment.length;
    this.deliveredAt = now;
    if (segment.priorDelivered < this.priorDelivered) return;
    this.priorDelivered = segment.priorDelivered;
    this.priorAt = segment.priorAt;
    this.sendElapsed = segment.sentAt - segment.windowSentAt;
    this.appLimited = segment.appLimited;
    this.windowSentAt = segment.sentAt;
  }

  /** Everything that an acknowledgement delivers is known: fills in what it says of the rate. */
  conclude(sample: AckSample, minRtt: number): void {
    sample.totalDelivered = this.delivered;
    sample.rate = 0;
    sample.priorDelivered = this.priorDelivered;
    sample.rateAppLimited = this.appLimited;
    if (this.appLimitedUpTo > 0 && this.delivered > this.appLimitedUpTo) this.appLimitedUpTo = 0;
    if (this.priorDelivered < 0) return;
    const elapsed = Math.max(this.sendElapsed, this.deliveredAt - this.priorAt);
    // Shorter than the path is long: the clock was too coarse, or acknowledgements came in a bunch.
    if (elapsed > 0 && elapsed >= minRtt) {
      sample.rate = (this.delivered - this.priorDelivered) / elapsed;
      if (!this.appLimited || sample.rate >= this.best) {
        this.best = sample.rate;
        this.bestAppLimited = this.appLimited;
      }
    }
    this.priorDelivered = -1;
  }
}
