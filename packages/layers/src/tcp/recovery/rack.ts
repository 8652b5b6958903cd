import type { AckSample } from '../congestion/congestion.js';
import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';
import { seqAtMost, seqBefore } from '../sequence.js';
import { ProportionalRateReduction } from './prr.js';
import type { LossRecovery } from './recovery.js';

/** RFC 8985 section 6.2, step 4: how many loss recoveries a widened reordering window lasts. */
const WINDOW_PERSISTS = 16;
/** RFC 5681's threshold, which counts while no reordering was seen. */
const DUPLICATES_THAT_MEAN_LOSS = 3;
/** RFC 8985 section 7.2: how long a peer may delay the acknowledgement of a single segment, in ms. */
const MAX_ACK_DELAY = 200;

/** A wait of a microsecond is none, in ms: what rounding leaves of one must not set the timer to the present, for ever. */
const NO_TIME = 0.001;

/** Segments that wait for the reordering window are gone through up to here; beyond, the newest of them is as late as any. */
const MANY = 64;

/**
 * RACK-TLP (RFC 8985): a segment is lost when one sent later has arrived, and the time for reordering has passed. A
 * tail loss probe asks when nothing comes back. What is sent while a loss is repaired, proportional rate reduction
 * says (RFC 6937). It needs selective acknowledgements.
 */
export class RackTlp implements LossRecovery {
  recovering = false;
  readonly departed = 0;
  deadline = Number.POSITIVE_INFINITY;

  /** RACK.segment: the one sent last of those that have arrived. */
  private sentAt = Number.NEGATIVE_INFINITY;
  private endSeq = 0;
  private rtt = 0;
  private minRtt = Number.POSITIVE_INFINITY;
  /** RACK.fack: the highest sequence number that has arrived. */
  private forward = 0;
  private started = false;
  private reorderingSeen = false;
  private windowFactor = 1;
  private windowPersists = 0;
  /** SND.NXT when a duplicate was last reported: one widening a round trip. */
  private dsackRound: number | null = null;

  private readonly reduction = new ProportionalRateReduction();
  /** SND.NXT when the loss was detected. */
  private recover = 0;
  private timedOut = false;

  /** TSval of the first retransmission of a recovery; null once an answer to it has told whether it was needed (RFC 3522). */
  private retransmitStamp: number | null = null;

  /** TLP.end_seq, TLP.is_retrans. */
  private probeEnd: number | null = null;
  private probeRetransmits = false;
  private probed = false;
  /** Whether `deadline` is the probe timeout; else it is the reordering timer. */
  private probing = false;

  /** Section 6.2, steps 2 and 3. */
  delivered(segment: SentSegment, now: number): void {
    const rtt = now - segment.sentAt;
    if (!this.started) {
      this.started = true;
      this.forward = this.endSeq = segment.seq;
    }
    if (seqBefore(this.forward, segment.end)) this.forward = segment.end;
    else if (seqBefore(segment.end, this.forward) && segment.transmissions === 1) this.reorderingSeen = true;
    // A retransmission that seems to have been faster than the path was not: its original has arrived.
    if (segment.transmissions > 1 && rtt < this.minRtt) return;
    this.rtt = rtt;
    if (sentAfter(segment.sentAt, segment.end, this.sentAt, this.endSeq)) {
      this.sentAt = segment.sentAt;
      this.endSeq = segment.end;
    }
  }

  acknowledged(sending: Sending, sample: AckSample): void {
    // Section 6.2, step 1: the handshake has measured already.
    this.minRtt = Math.min(this.minRtt, sending.rtt.min);
    if (sample.rtt >= 0) this.probed = false;
    this.adaptWindow(sending, sample);
    this.answerProbe(sending, sample);
    this.checkSpurious(sending, sample);
    const lostBefore = sending.flight.lostBytes;
    if (this.recovering && seqAtMost(this.recover, sending.sndUna)) this.leave(sending, sample.now);
    this.detect(sending, sample.now);
    if (sending.flight.lostCount > 0 && !this.recovering && !this.timedOut)
      this.enter(sending, sample.priorFlight, sample.now);
    if (this.timedOut && seqAtMost(this.recover, sending.sndUna)) {
      this.timedOut = false;
      this.narrowWindow();
    }
    if (this.recovering) {
      const safe = sample.acked > 0 && sending.flight.lostBytes <= lostBefore;
      this.limit(sending, sample.delivered, safe);
    } else if (sample.acked > 0) this.scheduleProbe(sending, sample.now);
  }

  /** Section 6.3: the oldest is lost, and what was sent long enough ago. */
  expired(sending: Sending): void {
    const { flight } = sending;
    const now = sending.now;
    for (let i = 0; i < flight.count; i++) {
      const segment = flight.at(i);
      if (segment.sacked) continue;
      if (i === 0 || segment.sentAt + this.rtt + this.reorderingWindow(sending) <= now) flight.markLost(segment);
    }
    this.recover = sending.sndNxt;
    this.recovering = false;
    // A timer that expires again says that the network is slow or gone, not that the first expiry was wrong.
    this.retransmitStamp = this.timedOut ? null : sending.timestamp;
    this.timedOut = true;
    this.probeEnd = null;
    this.deadline = Number.POSITIVE_INFINITY;
  }

  due(sending: Sending): void {
    const { now } = sending;
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.probing) {
      this.probing = false;
      this.sendProbe(sending);
      return;
    }
    const before = sending.flight.pipe;
    this.detect(sending, now);
    if (sending.flight.lostCount === 0 || this.timedOut) return;
    if (!this.recovering) this.enter(sending, before, now);
    this.limit(sending, 0, false);
  }

  /** New data restarts the probe timeout (section 7.2). */
  sent(sending: Sending): void {
    if (!this.recovering && !this.timedOut && sending.flight.sackedCount === 0)
      this.scheduleProbe(sending, sending.now);
  }

  // ---- detecting losses ---------------------------------------------------------------------------------------

  /** Step 5. */
  private detect(sending: Sending, now: number): void {
    const { flight } = sending;
    if (!this.started) return;
    const due = this.rtt + this.reorderingWindow(sending) - now;
    let segment = flight.outstanding.head;
    while (segment !== null && this.wasSentBefore(segment) && segment.sentAt + due <= NO_TIME) {
      const { next } = segment;
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
      if (sending.flight.sackedBytes >= DUPLICATES_THAT_MEAN_LOSS * sending.mss) return 0;
    }
    if (this.minRtt === Number.POSITIVE_INFINITY) return 0;
    return Math.min((this.windowFactor * this.minRtt) / 4, sending.rtt.srtt);
  }

  private adaptWindow(sending: Sending, sample: AckSample): void {
    if (this.dsackRound !== null && seqAtMost(this.dsackRound, sending.sndUna)) this.dsackRound = null;
    if (!sample.dsack || this.dsackRound !== null) return;
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

  private enter(sending: Sending, flight: number, now: number): void {
    this.recovering = true;
    this.recover = sending.sndNxt;
    this.probeEnd = null;
    if (this.probing) {
      // Section 7.2: nobody asks for losses while one is repaired.
      this.probing = false;
      this.deadline = Number.POSITIVE_INFINITY;
    }
    sending.congestion.lost(flight, sending.mss, now);
    this.reduction.begin(flight, sending.sentBytes);
    this.retransmitStamp = sending.timestamp;
  }

  /**
   * Eifel (RFC 3522): an acknowledgement that echoes a time before the first retransmission answers the original. The
   * loss was none: what it changed is taken back (RFC 4015).
   */
  private checkSpurious(sending: Sending, sample: AckSample): void {
    const { retransmitStamp } = this;
    if (retransmitStamp === null || sample.acked === 0 || sample.echo === null) return;
    this.retransmitStamp = null;
    if (!seqBefore(sample.echo, retransmitStamp)) return;
    this.recovering = this.timedOut = false;
    // Reordering that looked like loss: be more patient from here on.
    this.reorderingSeen = true;
    sending.flight.clearAllLost();
    sending.congestion.undo();
  }

  private leave(sending: Sending, now: number): void {
    this.recovering = false;
    this.narrowWindow();
    sending.congestion.recovered(sending.mss, now);
  }

  private limit(sending: Sending, delivered: number, safe: boolean): void {
    const { congestion, flight, mss } = sending;
    if (!congestion.proportional) return;
    congestion.cwnd = this.reduction.window(delivered, flight.pipe, congestion.ssthresh, mss, sending.sentBytes, safe);
  }

  // ---- tail loss probes ---------------------------------------------------------------------------------------

  /** Section 7.2. */
  private scheduleProbe(sending: Sending, now: number): void {
    const { flight, rtt } = sending;
    if (flight.count === 0) {
      this.deadline = Number.POSITIVE_INFINITY;
      this.probing = false;
      return;
    }
    if (flight.sackedCount > 0 || this.recovering || this.timedOut) return;
    let wait = rtt.srtt > 0 ? 2 * rtt.srtt : 1000;
    if (rtt.srtt > 0 && flight.bytes <= sending.mss) wait += MAX_ACK_DELAY;
    this.probing = true;
    this.deadline = Math.min(now + wait, sending.rtoAt);
  }

  /** Section 7.3. */
  private sendProbe(sending: Sending): void {
    if (this.probeEnd !== null || this.probed) return;
    this.probed = true;
    this.probeRetransmits = !sending.probe();
    this.probeEnd = sending.sndNxt;
    this.probing = false;
    this.deadline = Number.POSITIVE_INFINITY;
  }

  /** Section 7.4.2: whether the probe has repaired a loss, which congestion control must hear of. */
  private answerProbe(sending: Sending, sample: AckSample): void {
    const { probeEnd } = this;
    if (probeEnd === null || seqBefore(sending.sndUna, probeEnd)) return;
    if (!this.probeRetransmits || sample.dsack) this.probeEnd = null;
    else if (seqBefore(probeEnd, sending.sndUna)) {
      this.probeEnd = null;
      sending.congestion.lost(sample.priorFlight, sending.mss, sample.now);
      sending.congestion.recovered(sending.mss, sample.now);
    } else if (sample.acked === 0 && sample.sacked === 0) this.probeEnd = null;
  }
}

/** RACK_sent_after of section 6.2. */
function sentAfter(time: number, end: number, otherTime: number, otherEnd: number): boolean {
  return time > otherTime || (time === otherTime && seqBefore(otherEnd, end));
}
