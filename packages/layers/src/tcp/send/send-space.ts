import { AckSample } from '../congestion/congestion.js';
import { WHY } from '../reasons.js';
import { RoundTrip } from '../recovery/round-trip.js';
import { reportsDuplicate, takeSack } from '../recovery/sack.js';
import type { Segment } from '../segment/segment.js';
import { seqAdd, seqBefore, seqDistance } from '../sequence.js';
import type { DeliveryObserver, SentSegment } from './flight.js';
import { MarkedReduction } from './marked-reduction.js';
import { headway, type PathProbe } from './path-probe.js';
import { SendVariables } from './send-variables.js';

// One for all connections: they are filled anew for each use, and no use lies within another.
const sample = new AckSample();
const roundTrip = new RoundTrip();

/** What acknowledgements do to the send sequence space (RFC 9293 section 3.3.1): to its variables, to what is queued and in flight. */
export abstract class SendSpace extends SendVariables implements DeliveryObserver {
  readonly marked = new MarkedReduction();

  /** Sends again what is marked as lost, as far as windows let it. */
  protected abstract resendLost(): void;

  /** A segment has arrived. */
  delivered(segment: SentSegment): void {
    // The SYN says nothing of how fast data travels.
    if (!this.opened) return;
    const length = this.finSent && segment.end === this.sndNxt ? segment.length - 1 : segment.length;
    this.arrivedPackets += Math.max(1, Math.ceil(length / this.mss));
    this.arrivedBytes += length;
    if (length > this.largestArrived) this.largestArrived = Math.min(length, this.mss);
    this.rate.arrived(segment, this.session.now);
    if (this.pathProbe?.passed(segment, this.session.now) === true) this.mss = this.pathProbe.mss;
    this.behaviour.recovery.delivered?.(segment, this.session.now);
  }

  /** Begins, or begins anew, with this initial sequence number. */
  startAt(iss: number): void {
    this.iss = this.sndUna = this.sndUp = this.smallEnd = iss | 0;
    this.queueSeq = seqAdd(iss, 1);
    if (this.flight.count === 0) this.sndNxt = iss | 0;
  }

  /**
   * The SYN or SYN-ACK is sent: it takes one number.
   * @param data bytes of the queue that go with it the first time.
   * @returns whether it was sent before.
   */
  handshakeSent(data = 0): boolean {
    const { first } = this.flight;
    const { now } = this.session;
    const again = this.handshakes++ > 0;
    if (first !== undefined) this.flight.resent(first, now);
    else {
      this.sndNxt = seqAdd(this.iss, 1);
      this.flight.sent(this.iss, this.sndNxt, now);
      if (data > 0) this.handshakeCarries(data);
    }
    this.timer.arm();
    return again;
  }

  /** A SYN-ACK of which nothing was kept was sent `rtt` ms ago; -1 where nobody knows. */
  handshakeRecalled(rtt: number): void {
    this.handshakeSent();
    const { first } = this.flight;
    if (first === undefined) return;
    if (rtt >= 0) first.sentAt = this.session.now - rtt;
    // It measures nothing, as what was sent twice does not.
    else first.transmissions++;
  }

  /** Bytes that go with a SYN count as a segment of their own: the SYN may be sent again without them. */
  private handshakeCarries(data: number): void {
    const { now } = this.session;
    const begin = this.sndNxt;
    this.sndNxt = seqAdd(begin, data);
    this.rate.sent(this.flight.sent(begin, this.sndNxt, now), now, true);
    this.sentBytes += data;
    this.lastSentAt = now;
  }

  /** The peer has not taken what went with the SYN: it is sent again at once, and nothing was lost to congestion. */
  handshakeDataRefused(): void {
    this.flight.markAllLost();
    this.lostFor = WHY.retransmitSynData;
  }

  /**
   * Whether an acknowledgement of nothing new tells a window, and is no duplicate then (RFC 5681 section 2). Linux does not
   * let one that says the same otherwise take a window back that another has told.
   */
  tellsWindow(seq: number, window: number): boolean {
    if (!this.buffer.pieces) return window !== this.sndWnd;
    return seqBefore(this.sndWl1, seq) || (seq === this.sndWl1 && (window === 0 || window > this.sndWnd));
  }

  /** The peer's window, unscaled already (RFC 9293 section 3.10.7.4, fifth step). */
  updateWindow(seq: number, ack: number, window: number): void {
    this.timer.unanswered = this.timer.probes = 0;
    // An acknowledgement that came late tells an old right edge.
    if (seqBefore(ack, this.sndUna)) return;
    // What acknowledges more is newer, though what it carries was sent before: to keep the old window then, as RFC 9293
    // has it, would let the right edge move on with SND.UNA, beyond what the peer has offered.
    if (seqBefore(seq, this.sndWl1) && ack === this.sndWl2) return;
    if (this.buffer.pieces && ack === this.sndWl2 && !this.tellsWindow(seq, window)) return;
    const opened = this.sndWnd === 0 && window > 0;
    this.sndWnd = window;
    this.sndWl1 = seq;
    this.sndWl2 = ack;
    if (window > this.maxWindow) this.maxWindow = window;
    // A window that opened ends the probing; the back-off was its, not the path's.
    if (opened && this.flight.count === 0) {
      this.timer.backoffs = 0;
      this.behaviour.rtt.settle();
      this.timer.stop();
    }
  }

  /**
   * SEG.ACK acknowledges something new, or is a duplicate after RFC 5681 section 2.
   * @param echoedRtt ms by the echoed timestamp; -1 where there is none.
   * @param segment with the SACK blocks; null where there are none.
   */
  acknowledge(ack: number, duplicate: boolean, echoedRtt: number, segment: Segment | null = null): void {
    const { flight, opened, arrivedPackets, arrivedBytes } = this;
    const acked = seqDistance(this.sndUna, ack);
    const outstanding = flight.load - flight.sackedLoad;
    this.beginSample(ack, acked, segment);
    if (acked > 0) this.advance(ack, acked);
    // After the cumulative part: RACK hears of what has arrived in the order of sequence numbers (RFC 8985 section 6.2).
    sample.sacked = segment !== null && this.sack ? takeSack(segment, ack, this.sndNxt, flight, this, sample.dsack) : 0;
    this.measure(echoedRtt, acked, opened);
    sample.flight = flight.pipe;
    sample.srtt = this.behaviour.rtt.srtt;
    sample.delivered = outstanding - flight.load + flight.sackedLoad;
    if (!this.sack) this.countDuplicates(duplicate);
    this.rate.conclude(sample, this.behaviour.rtt.min);
    if (this.pathProbe !== null) this.checkProbe(this.pathProbe, duplicate);
    if (this.oneAtATime && acked > 0) this.oneAtATime = this.oneSent = false;
    // What ends a recovery acknowledges what was sent in it: the window does not grow by it.
    const recovering = this.recovering && this.congestion.whole !== true;
    this.behaviour.recovery.acknowledged(this, sample, duplicate);
    this.marked.acknowledged(this, sample.delivered, this.recovering);
    if (segment !== null && this.session.ecn.agreed) {
      const packets = this.arrivedPackets - arrivedPackets;
      this.heedMarks(segment, packets, this.arrivedBytes - arrivedBytes, sample.priorFlight);
    }
    if (opened) this.grow(recovering);
    this.setTimer(acked);
  }

  /** What an acknowledgement says, and how it finds things. */
  private beginSample(ack: number, acked: number, segment: Segment | null): void {
    const { session, flight } = this;
    flight.acknowledged.clear();
    flight.reported.clear();
    sample.now = session.now;
    sample.acked = acked;
    sample.priorFlight = flight.pipe;
    sample.mss = this.mss;
    sample.rtt = -1;
    sample.windowLimited = this.validation.limited(this);
    sample.marked = segment !== null && session.ecn.echoes(segment);
    sample.echo = segment?.hasTimestamp === true && this.timestamp !== null ? segment.tsEcr : null;
    sample.dsack = segment !== null && this.sack && reportsDuplicate(segment, ack);
    if (segment === null || !sample.dsack) return;
    sample.dsackEnd = segment.sack[1];
    sample.dsackBytes = seqDistance(segment.sack[0], segment.sack[1]);
    this.duplicatesReported += Math.max(1, Math.ceil(sample.dsackBytes / this.mss));
  }

  /** SND.UNA moves on: what is acknowledged leaves the queue and the flight. */
  private advance(ack: number, acked: number): void {
    this.sndUna = ack;
    if (seqBefore(this.sndUp, ack)) this.sndUp = ack;
    this.acknowledgedBytes += acked;
    const bytes = Math.min(seqDistance(this.queueSeq, ack), this.queued);
    if (bytes > 0) {
      this.queue.drop(bytes);
      this.queued -= bytes;
      this.queueSeq = seqAdd(this.queueSeq, bytes);
      if (this.queued === 0) this.queue.clear();
    }
    this.flight.acknowledge(ack, this);
    if (!this.opened) this.arrivedPackets++;
    this.opened = true;
  }

  /** The congestion window grows by what has arrived, unless that repairs a loss: `recovering`, or now. */
  private grow(recovering: boolean): void {
    if (sample.acked > 0) this.validation.acknowledged?.(this, sample.acked);
    if (sample.delivered <= 0) return;
    const repairing = recovering || sample.marked || this.recovering;
    this.congestion.acknowledged(sample, repairing || this.marked.active);
  }

  /** RFC 6298 sections 5.2 and 5.3. */
  private setTimer(acked: number): void {
    const { flight, timer } = this;
    if (acked > 0) {
      if (flight.count === 0) timer.stop();
      else timer.restart();
    }
    if (flight.count > 0) timer.set();
    // What was reported and is not acknowledged was taken back: Linux does not wait long for it.
    if (flight.first?.sacked === true && this.congestion.whole === true)
      timer.hasten(Math.max(this.behaviour.rtt.srtt / 2, 10));
  }

  /** What an acknowledgement tells of the round trip. */
  private measure(echoedRtt: number, acked: number, opened: boolean): void {
    const { rtt } = this.behaviour;
    roundTrip.measure(this.flight, rtt, this.session.now, echoedRtt, acked > 0);
    sample.rtt = roundTrip.latest;
    if (roundTrip.smoothed >= 0) {
      // RFC 7323 appendix G: ExpectedSamples = ceiling(FlightSize / (SMSS * 2)).
      const expected = Math.max(1, Math.ceil((this.flight.bytes + acked) / (2 * this.mss)));
      rtt.sample(roundTrip.smoothed, expected, this.sndUna, this.sndNxt);
      rtt.leastWas?.(roundTrip.latest);
    } else if (acked > 0 && !opened && this.timer.backoffs > 0) rtt.settle();
    if (acked > 0) this.timer.backoffs = 0;
  }

  /** Without SACK a duplicate tells that something has arrived, and what is acknowledged then has arrived in part before. */
  private countDuplicates(duplicate: boolean): void {
    const { mss } = this;
    if (duplicate) {
      sample.delivered = mss;
      this.arrivedPackets++;
    } else if (this.congestion.whole === true && sample.acked > 0) {
      const twice = Math.min(this.behaviour.recovery.departed, sample.delivered - mss);
      if (twice <= 0) return;
      sample.delivered -= twice;
      this.arrivedPackets -= Math.round(twice / mss);
    }
  }

  /** Whole segments count against the windows where congestion control counts so. */
  countSegments(): void {
    this.flight.countSegments(this.congestion.whole === true ? this.mss : 0);
  }

  /**
   * What a segment says of congestion, which acknowledges so much for the first time; `flight` was in flight before.
   * RFC 3168 section 6.1.2: react as to a loss, without one.
   */
  heedMarks(segment: Segment, packets: number, bytes: number, flight: number): void {
    const { recovering } = this.behaviour.recovery;
    const asked = this.session.ecn.reports(segment, packets, bytes, this, this.sack || !recovering);
    // A loss in this window was answered already.
    if (!asked || recovering) return;
    const { congestion } = this;
    const { cwnd } = congestion;
    this.reduce(flight, true);
    if (congestion.whole === true) this.marked.begin(this, cwnd, sample.delivered);
  }

  /** RFC 4821 section 7.6.2: a probe that is lost alone is sent again in pieces, and the window does not suffer. */
  private checkProbe(probe: PathProbe, duplicate: boolean): void {
    const lost = probe.lost(this.flight, duplicate, this.session.now, headway(this.behaviour, this.mss));
    if (probe.verify(this.session.now, this.rtt.rto, this.arrivedPackets, this.retransmissions)) this.shrink(probe.mss);
    if (lost === null) return;
    this.flight.markLost(lost);
    this.lostFor = WHY.retransmitSmaller;
    this.resendLost();
  }

  /** The path takes smaller packets now, as it has `told`, or as it seems: what was too large is lost without congestion (RFC 1191 section 6.5). */
  shrink(mss: number, told = true): void {
    // As many segments as before, not as many bytes: smaller ones would leave in a burst (RFC 5681 section 3.1).
    if (this.congestion.proportional && mss < this.mss) this.congestion.cwnd *= mss / this.mss;
    this.mss = mss;
    this.countSegments();
    if (told) this.pathProbe?.limit(mss);
    for (let i = 0, piece = 0; i < this.flight.count; i++) {
      const segment = this.flight.at(i);
      // What left with it as one is cut anew with it.
      if (segment.length <= mss && (segment.piece === 0 || segment.piece !== piece)) continue;
      this.oneAtATime = this.shrinksSlowly;
      piece = segment.piece;
      this.flight.markLost(segment);
      this.lostFor = WHY.retransmitSmaller;
    }
  }
}
