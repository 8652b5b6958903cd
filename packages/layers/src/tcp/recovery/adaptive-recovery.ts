import type { AckSample } from '../congestion/congestion.js';
import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';
import { NewReno } from './newreno.js';
import { RackTlp } from './rack.js';
import type { LossRecovery } from './recovery.js';

/** RACK-TLP where the peer acknowledges selectively, NewReno where it does not. */
export class AdaptiveRecovery implements LossRecovery {
  private chosen: LossRecovery = new NewReno();

  begin(sending: Sending): void {
    if (sending.sack) this.chosen = new RackTlp();
  }

  get recovering(): boolean {
    return this.chosen.recovering;
  }

  get departed(): number {
    return this.chosen.departed;
  }

  get deadline(): number {
    return this.chosen.deadline;
  }

  acknowledged(sending: Sending, sample: AckSample, duplicate: boolean): void {
    this.chosen.acknowledged(sending, sample, duplicate);
  }

  expired(sending: Sending): void {
    this.chosen.expired(sending);
  }

  delivered(segment: SentSegment, now: number): void {
    this.chosen.delivered?.(segment, now);
  }

  due(sending: Sending): void {
    this.chosen.due(sending);
  }

  sent(sending: Sending): void {
    this.chosen.sent?.(sending);
  }
}
