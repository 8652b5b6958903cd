import type { AckSample } from '../congestion/congestion.js';
import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';
import { DEFAULT_RECOVERY, type RecoveryChoices } from './choices.js';
import { NewReno } from './newreno.js';
import { RackTlp } from './rack.js';
import type { LossRecovery } from './recovery.js';

/** RACK-TLP where the peer acknowledges selectively, NewReno where it does not. */
export class AdaptiveRecovery implements LossRecovery {
  private chosen: LossRecovery;

  constructor(private readonly choices: RecoveryChoices = DEFAULT_RECOVERY) {
    this.chosen = new NewReno(choices.forwardRto, choices.strict);
  }

  begin(sending: Sending): void {
    if (sending.sack) this.chosen = new RackTlp(this.choices);
  }

  get recovering(): boolean {
    return this.chosen.recovering;
  }

  get timedOut(): boolean {
    return this.chosen.timedOut === true;
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

  resent(sending: Sending, segment: SentSegment): void {
    this.chosen.resent?.(sending, segment);
  }

  lastResort(sending: Sending): SentSegment | undefined {
    return this.chosen.lastResort?.(sending);
  }

  get newDataFirst(): boolean {
    return this.chosen.newDataFirst === true;
  }

  get reordering(): number {
    return this.chosen.reordering ?? this.choices.reordering;
  }

  get reorderings(): number {
    return this.chosen.reorderings ?? 0;
  }
}
