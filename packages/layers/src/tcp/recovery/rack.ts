import type { AckSample } from '../congestion/congestion.js';
import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';
import { seqAtMost, seqBefore, seqDistance } from '../sequence.js';
import { DEFAULT_RECOVERY, type RecoveryChoices } from './choices.js';
import { ForwardRto } from './frto.js';
import { LeastRtt } from './least-rtt.js';
import { NextSegment } from './next-segment.js';
import { ProportionalRateReduction } from './prr.js';
import type { LossRecovery } from './recovery.js';
import { ReorderingDegree } from './reordering.js';
import { SpuriousDetection } from './spurious.js';
import { StrictSpuriousDetection } from './strict-spurious.js';
import { TailLossProbe } from './tail-loss-probe.js';

/** RFC 8985 section 6.2, step 4: how many loss recoveries a widened reordering window lasts. */
const WINDOW_PERSISTS = 16;

/** A wait of a microsecond is none, in ms: what rounding leaves of one must not set the timer to the present, for ever. */
const NO_TIME = 0.001;

/** Segments that wait for the reordering window are gone through up to here; beyond, the newest of them is as late as any. */
const MANY = 64;

/**
 * RACK-TLP (RFC 8985): a segment is lost when one sent later has arrived, and the time for reordering has passed. A
 * tail loss probe asks when nothing comes back. What is sent while a loss is repaired, proportional rate reduction
 * says (RFC 6937). A recovery that was needless is taken back. It needs selective acknowledgements.
 */
export class RackTlp implements LossRecovery {
  recovering = false;
  readonly departed = 0;
  deadline = Number.POSITIVE_INFINITY;

  /** RACK.segment: the one sent last of those that have arrived. */
  private sentAt = Number.NEGATIVE_INFINITY;
  private endSeq = 0;
  private rtt = 0;
  private readonly leastRtt = new LeastRtt();
  private started = false;
  private reorderingSeen = false;
  private windowFactor = 1;
  private windowPersists = 0;
  /** SND.NXT when a duplicate was last reported: one widening a round trip. */
  private dsackRound: number | null = null;

  private readonly degree: ReorderingDegree;
  private readonly reduction = new ProportionalRateReduction();
  private readonly spurious: SpuriousDetection;
  private readonly forward = new ForwardRto();
  private readonly probe = new TailLossProbe();
  private readonly nextSegment = new NextSegment();
  /** SND.NXT when the loss was detected. */
  private recover = 0;
  timedOut = false;
  /** A retransmission is among what was found lost last. */
  private repairLost = false;
  private newFirst = false;
  /** Whether `deadline` is the probe timeout; else it is the reordering timer. */
  private probing = false;

  constructor(private readonly choices: RecoveryChoices = DEFAULT_RECOVERY) {
    this.degree = new ReorderingDegree(choices.reordering);
    this.spurious = choices.strict ? new StrictSpuriousDetection() : new SpuriousDetection();
  }

  get reordering(): number {
    return this.degree.degree;
  }

  get reorderings(): number {
    return this.degree.seen;
  }

  get newDataFirst(): boolean {
    const first = this.newFirst;
    this.newFirst = false;
    return first;
  }

  /** Section 6.2, steps 2 and 3. */
  delivered(segment: SentSegment, now: number): void {
    const rtt = now - segment.sentAt;
    if (!this.started) {
      this.started = true;
      this.endSeq = segment.seq;
    }
    this.degree.delivered(segment);
    this.forward.delivered(segment);
    // A retransmission that seems to have been faster than the path was not: its original has arrived.
    if (segment.transmissions > 1 && rtt < this.leastRtt.value) return;
    this.rtt = rtt;
    if (sentAfter(segment.sentAt, segment.end, this.sentAt, this.endSeq)) {
      this.sentAt = segment.sentAt;
      this.endSeq = segment.end;
    }
  }

  acknowledged(sending: Sending, sample: AckSample, duplicate: boolean): void {
    // Section 6.2, step 1: the handshake has measured already.
    const measured = this.leastRtt.value === Number.POSITIVE_INFINITY ? sending.rtt.min : sample.rtt;
    if (measured >= 0) this.leastRtt.sample(measured, sample.now);
    if (sample.rtt >= 0) this.probe.measured();
    this.degree.conclude(sample.mss);
    if (this.degree.seen > 0) this.reorderingSeen = true;
    this.adaptWindow(sending, sample);
    if (this.probe.answered(sending, sample)) {
      sending.reduce(sample.priorFlight);
      sending.repaired();
    }
    this.spurious.heard(sending, sample);
    if (this.timedOut) this.afterTimeout(sending, sample, duplicate);
    else this.reconsider(sending, sample);
    const lostBefore = sending.flight.lostLoad;
    this.detect(sending, sample.now);
    if (sending.flight.lostCount > 0 && !this.recovering && (!this.timedOut || this.repairLost))
      this.enter(sending, sample.priorFlight);
    if (this.recovering) {
      const safe = sample.acked > 0 && sending.flight.lostLoad <= lostBefore;
      this.limit(sending, sample.delivered, safe);
    } else if (sample.acked > 0) this.scheduleProbe(sending, sample.now);
  }

  /** Section 6.3: the oldest is lost, and what was sent long enough ago. */
  expired(sending: Sending): void {
    const { flight } = sending;
    const now = sending.now;
    if (this.choices.forgetful) {
      flight.forgetSacked();
      flight.markAllLost();
    }
    for (let i = 0; i < flight.count; i++) {
      const segment = flight.at(i);
      if (segment.sacked) continue;
      if (i === 0 || segment.sentAt + this.rtt + this.reorderingWindow(sending) <= now) flight.markLost(segment);
    }
    // RFC 5682 section 3.1, step 1: not where a recovery was under way; a timer that expires again begins anew.
    const again = this.choices.strict && this.timedOut;
    this.forward.begin(sending, this.choices.forwardRto && !this.recovering && !again);
    if (!this.timedOut && !this.recovering) this.spurious.begin(sending, true);
    this.recover = sending.sndNxt;
    this.recovering = false;
    this.timedOut = true;
    this.probe.forget();
    this.deadline = Number.POSITIVE_INFINITY;
  }

  due(sending: Sending): void {
    const { now } = sending;
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.probing) {
      this.probing = false;
      this.probe.send(sending);
      this.probing = false;
      this.deadline = Number.POSITIVE_INFINITY;
      return;
    }
    const before = sending.flight.pipe;
    this.detect(sending, now);
    if (sending.flight.lostCount === 0 || (this.timedOut && !this.repairLost)) return;
    if (!this.recovering) this.enter(sending, before);
    this.limit(sending, 0, false);
  }

  /** New data restarts the probe timeout (section 7.2). */
  sent(sending: Sending): void {
    this.scheduleProbe(sending, sending.now);
  }

  resent(sending: Sending, segment: SentSegment): void {
    this.spurious.resent(sending, segment);
    this.nextSegment.resent(segment);
  }

  lastResort(sending: Sending): SentSegment | undefined {
    return this.choices.lastResort && this.recovering ? this.nextSegment.lastResort(sending, this.recover) : undefined;
  }

  // ---- detecting losses ---------------------------------------------------------------------------------------

  /** Step 5. */
  private detect(sending: Sending, now: number): void {
    const { flight } = sending;
    this.repairLost = false;
    if (!this.started) return;
    if (this.choices.detection === 'count') {
      this.nextSegment.countBeyond(sending, this.degree.degree);
      return;
    }
    const due = this.rtt + this.reorderingWindow(sending) - now;
    let segment = flight.outstanding.head;
    while (segment !== null && this.wasSentBefore(segment) && segment.sentAt + due <= NO_TIME) {
      const { next } = segment;
      if (segment.retransmitted) this.repairLost = true;
      flight.markLost(segment);
      segment = next;
    }
    // What is left was sent too short a time before the one that has arrived: the timer looks at all of it.
    let wait = 0;
    for (let looked = 0; segment !== null && this.wasSentBefore(segment); segment = segment.next) {
      wait = segment.sentAt + due;
      if (++looked < MANY) continue;
      wait = this.sentAt + due;
      break;
    }
    if (wait > NO_TIME) {
      this.probing = false;
      this.deadline = now + wait;
    } else if (!this.probing) this.deadline = Number.POSITIVE_INFINITY;
  }

  /** RACK_sent_after(RACK.segment, segment) of section 6.2. */
  private wasSentBefore(segment: SentSegment): boolean {
    return sentAfter(this.sentAt, this.endSeq, segment.sentAt, segment.end);
  }

  /** Step 4, in ms. */
  private reorderingWindow(sending: Sending): number {
    if (!this.reorderingSeen) {
      if (this.recovering || this.timedOut) return 0;
      const { sackedLoad, sackedCount } = sending.flight;
      const { duplicates } = this.choices;
      if (duplicates !== null && (sackedCount >= duplicates || sackedLoad >= duplicates * sending.mss)) return 0;
    }
    const least = this.leastRtt.value;
    if (least === Number.POSITIVE_INFINITY) return 0;
    return Math.min((this.windowFactor * least) / 4, sending.rtt.srtt);
  }

  private adaptWindow(sending: Sending, sample: AckSample): void {
    if (this.dsackRound !== null && seqAtMost(this.dsackRound, sending.sndUna)) this.dsackRound = null;
    if (!sample.dsack || this.dsackRound !== null || !this.choices.adaptive) return;
    this.dsackRound = sending.sndNxt;
    this.windowFactor++;
    this.windowPersists = WINDOW_PERSISTS;
    // Reordering that was taken for loss hides itself: what was sent again says nothing about order.
    this.reorderingSeen = true;
  }

  private narrowWindow(): void {
    if (--this.windowPersists <= 0) this.windowFactor = 1;
  }

  // ---- repairing them -----------------------------------------------------------------------------------------

  private enter(sending: Sending, flight: number): void {
    const { congestion } = sending;
    this.recovering = true;
    this.timedOut = false;
    this.recover = sending.sndNxt;
    this.probe.forget();
    this.forward.end();
    this.spurious.begin(sending);
    this.nextSegment.begin();
    if (this.probing) {
      // Section 7.2: nobody asks for losses while one is repaired.
      this.probing = false;
      this.deadline = Number.POSITIVE_INFINITY;
    }
    const window = congestion.cwnd;
    sending.reduce(flight);
    this.reduction.begin(this.choices.reducesWindow ? window : flight, sending.flight.sentLoad);
  }

  /** An acknowledgement while a loss is repaired, or after it: it ends that, or tells that there was none. */
  private reconsider(sending: Sending, sample: AckSample): void {
    const { spurious } = this;
    const original = sample.acked > 0 && spurious.answersOriginal(sending, sample);
    if (!this.recovering) {
      // A report may come when all is repaired.
      if (spurious.needless) this.undo(sending, sample);
    } else if (original || spurious.needless) {
      // Reordering that looked like loss: be more patient from here on.
      if (original) this.degree.note(seqDistance(sending.sndUna, this.recover) + sample.acked, sample.mss);
      this.reorderingSeen = true;
      this.recovering = false;
      this.undo(sending, sample);
    } else if (seqAtMost(this.recover, sending.sndUna)) this.leave(sending);
  }

  /** The same while what the retransmission timer found is repaired. */
  private afterTimeout(sending: Sending, sample: AckSample, duplicate: boolean): void {
    const { spurious } = this;
    const verdict = this.forward.acknowledged(sending, sample, duplicate);
    if (
      verdict === 'spurious' ||
      (sample.acked > 0 && (spurious.needless || spurious.answersOriginal(sending, sample)))
    ) {
      this.timedOut = false;
      sending.rtt.wasEarly?.();
      this.undo(sending, sample);
      return;
    }
    if (verdict === 'new-data') {
      this.recover = sending.sndNxt;
      this.newFirst = true;
    }
    if (seqBefore(sending.sndUna, this.recover)) return;
    this.timedOut = false;
    this.narrowWindow();
  }

  /** There was no loss: what it changed is taken back. */
  private undo(sending: Sending, sample: AckSample): void {
    this.forward.end();
    sending.flight.clearAllLost();
    this.spurious.revert(sending, sample);
    this.spurious.end();
  }

  private leave(sending: Sending): void {
    this.recovering = false;
    this.narrowWindow();
    sending.repaired();
  }

  private limit(sending: Sending, delivered: number, safe: boolean): void {
    const { congestion, flight, mss } = sending;
    if (!congestion.proportional) return;
    congestion.cwnd = this.reduction.window(delivered, flight.pipe, congestion.ssthresh, mss, flight.sentLoad, safe);
  }

  // ---- tail loss probes ---------------------------------------------------------------------------------------

  /** Section 7.2. */
  private scheduleProbe(sending: Sending, now: number): void {
    const { flight } = sending;
    if (flight.count === 0) {
      this.deadline = Number.POSITIVE_INFINITY;
      this.probing = false;
      return;
    }
    if (!this.choices.probes || flight.sackedCount > 0 || this.recovering || this.timedOut) return;
    this.probing = true;
    this.deadline = this.probe.due(sending, now);
  }
}

/** RACK_sent_after of section 6.2. */
function sentAfter(time: number, end: number, otherTime: number, otherEnd: number): boolean {
  return time > otherTime || (time === otherTime && seqBefore(otherEnd, end));
}
