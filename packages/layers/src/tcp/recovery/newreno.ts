import type { AckSample } from '../congestion/congestion.js';
import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';
import { seqAtMost, seqBefore } from '../sequence.js';
import { ForwardRto } from './frto.js';
import { ProportionalRateReduction } from './prr.js';
import type { LossRecovery } from './recovery.js';
import { SpuriousDetection } from './spurious.js';
import { StrictSpuriousDetection } from './strict-spurious.js';

/** RFC 5681 section 3.2. */
const DUPLICATES_THAT_MEAN_LOSS = 3;

/**
 * Fast retransmit and NewReno fast recovery (RFC 5681 section 3.2, RFC 6582), for peers without SACK. Each duplicate
 * acknowledgement says that one more segment has left the network: that is limited transmit (RFC 3042) before the
 * third one, and the inflation of the window after it.
 */
export class NewReno implements LossRecovery {
  recovering = false;
  departed = 0;
  readonly deadline = Number.POSITIVE_INFINITY;
  private duplicates = 0;
  /** RFC 6582 section 3.2: what had been sent when the loss was detected. Recovery ends when all of it is there. */
  private recover = 0;
  /**
   * Until something beyond `recover` is acknowledged no duplicates start a recovery: they may be due to what was sent
   * again without need (RFC 6582 section 3.2, steps 1 and 4). With SACK nobody is misled that way.
   */
  private guarded = false;
  /** Bytes in flight before limited transmit, which does not count (RFC 5681 section 3.2, step 2). */
  private outstanding = 0;
  private readonly reduction = new ProportionalRateReduction();
  private readonly spurious: SpuriousDetection;
  private readonly forward = new ForwardRto();
  timedOut = false;
  private newFirst = false;

  /**
   * @param forwardRto whether F-RTO (RFC 5682 section 2) tells timeouts that were too early.
   * @param strict as {@link RecoveryChoices.strict} has it.
   */
  constructor(
    private readonly forwardRto = true,
    strict = false,
  ) {
    this.spurious = strict ? new StrictSpuriousDetection() : new SpuriousDetection();
  }

  get newDataFirst(): boolean {
    const first = this.newFirst;
    this.newFirst = false;
    return first;
  }

  delivered(segment: SentSegment): void {
    this.forward.delivered(segment);
  }

  resent(sending: Sending, segment: SentSegment): void {
    this.spurious.resent(sending, segment);
  }

  acknowledged(sending: Sending, sample: AckSample, duplicate: boolean): void {
    this.spurious.heard(sending, sample);
    if (this.wasNone(sending, sample, duplicate)) return;
    if (duplicate) this.duplicated(sending, sample);
    else if (sample.acked > 0) this.advanced(sending, sample);
    if (this.recovering && sending.congestion.whole === true) this.reduce(sending, sample.delivered);
  }

  /** As Linux has it: the reduction is spread over a round trip here, too (RFC 6937). */
  private reduce({ congestion, flight, mss }: Sending, delivered: number): void {
    const pipe = Math.max(0, flight.pipe - this.departed);
    congestion.cwnd = this.reduction.window(delivered, pipe, congestion.ssthresh, mss, flight.sentLoad, false);
  }

  due(): void {}

  expired(sending: Sending): void {
    sending.flight.markAllLost();
    // RFC 5682 section 2.1, step 1: not where the timer had found this loss before.
    this.forward.begin(sending, this.forwardRto && !this.timedOut && !this.recovering);
    if (!this.timedOut && !this.recovering) this.spurious.begin(sending, true);
    this.timedOut = true;
    this.recover = sending.sndNxt;
    this.guarded = true;
    this.recovering = false;
    this.duplicates = 0;
    this.departed = 0;
  }

  /** Whether the loss that is being repaired was none: what it changed is taken back (RFC 4015, RFC 5682). */
  private wasNone(sending: Sending, sample: AckSample, duplicate: boolean): boolean {
    const { spurious } = this;
    const verdict = this.timedOut ? this.forward.acknowledged(sending, sample, duplicate) : 'unknown';
    const needless = spurious.needless || (sample.acked > 0 && spurious.answersOriginal(sending, sample));
    if (verdict === 'new-data') {
      this.recover = sending.sndNxt;
      this.newFirst = true;
    }
    if (verdict !== 'spurious' && !needless) {
      if (this.timedOut && seqAtMost(this.recover, sending.sndUna)) this.timedOut = false;
      return false;
    }
    this.forward.end();
    if (this.timedOut) sending.rtt.wasEarly?.();
    this.timedOut = this.recovering = this.guarded = false;
    this.duplicates = this.departed = 0;
    sending.flight.clearAllLost();
    spurious.revert(sending, sample);
    spurious.end();
    return true;
  }

  private duplicated(sending: Sending, sample: AckSample): void {
    if (++this.duplicates === 1) this.outstanding = sample.priorFlight;
    // With SACK the pipe itself tells what has left; after a timeout what was sent before it is not in the pipe any more.
    const counts = !this.timedOut || seqBefore(this.recover, sending.sndNxt);
    if (!sending.sack && counts) this.departed = Math.min(this.departed + sending.mss, sending.flight.pipe);
    if (this.recovering || this.duplicates !== DUPLICATES_THAT_MEAN_LOSS) return;
    if (this.guarded) return;
    const first = sending.flight.first;
    if (first === undefined) return;
    this.recovering = true;
    this.recover = sending.sndNxt;
    this.spurious.begin(sending);
    // Of the three that left, the first is the one now known as lost; it is taken out of the pipe by its mark.
    this.reduction.begin(sending.congestion.cwnd, sending.flight.sentLoad);
    sending.reduce(this.outstanding);
    sending.flight.markLost(first);
  }

  private advanced(sending: Sending, sample: AckSample): void {
    this.duplicates = 0;
    const repaired = seqAtMost(this.recover, sending.sndUna);
    if (this.guarded && (sending.sack ? repaired : seqBefore(this.recover, sending.sndUna))) this.guarded = false;
    if (!this.recovering) {
      this.departed = 0;
      return;
    }
    if (repaired && sending.congestion.whole === true && !sending.sack && sending.sndUna === this.recover) {
      // Linux stays in recovery until more than that is acknowledged, which no duplicate of it then begins anew.
      this.departed = 0;
      return;
    }
    if (repaired) {
      this.recovering = false;
      this.guarded = !sending.sack && sending.sndUna === this.recover;
      this.departed = 0;
      sending.repaired();
      return;
    }
    // A partial acknowledgement: the next segment is missing too. Deflate by what it acknowledged, less one segment
    // (RFC 6582 section 3.2, step 3).
    if (!sending.sack) this.departed = Math.max(0, this.departed - sample.acked + sending.mss);
    const first = sending.flight.first;
    if (first !== undefined) sending.flight.markLost(first);
  }
}
