import type { Reason, Timer } from '@netwright/core';
import { unpacedRate } from '../congestion/pacing.js';
import { ACK, FIN, PSH, URG } from '../header.js';
import { SendLimit } from '../info/send-limits.js';
import { WHY } from '../reasons.js';
import { RetransmissionTimer } from '../recovery/retransmission.js';
import { seqAdd, seqAtMost, seqBefore, seqDistance } from '../sequence.js';
import type { TcpBehaviour } from '../tokens.js';
import type { BlockPool } from './byte-queue.js';
import type { SentSegment } from './flight.js';
import { headway, type MtuProbing, PathProbe } from './path-probe.js';
import { GatherFacts } from './segmentation.js';
import { SendSpace } from './send-space.js';
import type { SendingSession } from './sending.js';

// One for all connections: it is filled anew for each use, and no use lies within another.
const facts = new GatherFacts();
/** What divisions leave of whole numbers. */
const EPSILON = 1e-6;

/** The sending half of a connection: what leaves of its sequence space, and when. */
export class Sender extends SendSpace {
  override readonly timer: RetransmissionTimer;
  /** A closed window was probed with the byte at SND.NXT. */
  private probed = false;
  /** Packets of several segments that were sent. */
  private pieces = 0;

  constructor(
    session: SendingSession,
    behaviour: TcpBehaviour,
    blocks: BlockPool,
    timer: (action: () => void) => Timer,
  ) {
    super(session, behaviour, blocks);
    this.timer = new RetransmissionTimer(this, session, behaviour, timer);
  }

  /** Sends what windows and segmentation let go: what was lost first, then what is new, then the FIN. */
  output(): void {
    const { session } = this;
    if (this.flight.count === 0 && this.unsent > 0) this.checkIdle();
    const newFirst = this.behaviour.recovery.newDataFirst === true;
    if (!newFirst) this.resendLost();
    const { sndNxt } = this;
    facts.mss = Math.min(this.mss, session.room, this.halfWindow);
    facts.largest = Math.max(facts.mss, session.superRoom - (session.superRoom % facts.mss));
    facts.maxWindow = this.maxWindow;
    facts.finished = this.finished;
    facts.idle = this.flight.count === 0 || (!this.opened && this.flight.count === 1);
    const gathers = this.behaviour.segmentation.gather !== undefined && session.superRoom === 0;
    const whole = this.opened && this.congestion.whole === true;
    let full = false;
    let limit: SendLimit = SendLimit.Application;
    if (this.pathProbe !== null) this.tryLarger(this.pathProbe);
    // Neither window nor Nagle's algorithm count the SYN-ACK that data follows at once (RFC 7413).
    const handshake = this.opened ? 0 : (this.flight.first?.load ?? 0);
    for (let unsent = this.oneSent ? 0 : this.unsent; unsent > 0; unsent = this.unsent) {
      const free = this.congestion.cwnd - this.flight.pipe + handshake + this.behaviour.recovery.departed;
      // Where whole segments count, those that options make shorter count as much.
      const congestion = whole ? Math.floor(free / this.mss + EPSILON) * facts.mss : free;
      const offered = seqDistance(this.sndNxt, seqAdd(this.sndUna, this.sndWnd));
      const record = this.records.within(unsent, this.sndNxt);
      facts.queued = record;
      // The end of a record need not wait for what follows it, and what is urgent waits for nothing.
      facts.noDelay = this.noDelay || record < unsent || seqBefore(this.sndNxt, this.sndUp);
      facts.corked = this.corked && record === unsent;
      // Windows that were halved have fractions, segments have not.
      facts.window = Math.floor(Math.min(congestion, offered));
      facts.inFlight = this.flight.bytes - (this.opened ? 0 : 1);
      facts.smallInFlight = seqBefore(this.sndUna, this.smallEnd);
      const paced = this.timer.paces(this.pacingRate);
      const gathered = paced || !gathers ? 1 : this.gather();
      const length = paced || gathered === 0 ? 0 : this.behaviour.segmentation.next(facts);
      if (length <= 0) {
        const wanted = Math.min(record, facts.mss);
        full = congestion < wanted && congestion <= offered;
        if (paced) limit = SendLimit.Pacing;
        else if (congestion < wanted) limit = SendLimit.CongestionWindow;
        else if (offered < wanted) limit = SendLimit.ReceiveWindow;
        break;
      }
      if (gathers) this.sendGathered(length);
      else this.sendNew(length, this.pushes(length));
      if (length % facts.mss !== 0) this.smallEnd = this.sndNxt;
    }
    // RFC 5682 section 2.1, step 2.b: what is new went first; where nothing went the usual repair goes on.
    if (newFirst && this.sndNxt === sndNxt) this.resendLost();
    this.resendAsLastResort();
    full ||= this.congestion.cwnd - this.flight.pipe < this.mss;
    if (full || this.sndNxt !== sndNxt) this.validation.sent(this, full);
    // Less than a segment is nothing to send, however long it is held back (draft-cheng-iccrg-delivery-rate-estimation).
    if (this.unsent < facts.mss && this.flight.pipe < this.congestion.cwnd)
      this.rate.limitedByApplication(this.flight.pipe);
    if (this.finWaits && this.unsent === 0 && this.offered > 0) this.sendFinAlone();
    if (this.unsent === 0) limit = this.limitOfEmptyQueue();
    this.limits.set(limit, this.session.now);
    if (this.flight.count > 0) this.timer.arm();
    else if ((this.unsent > 0 || this.finWaits) && !this.timer.armed) this.timer.persist();
  }

  /** Why nothing waits to be sent: the program has no more, or the buffer has no room for it. */
  private limitOfEmptyQueue(): SendLimit {
    if (this.flight.count === 0) return SendLimit.Idle;
    return this.buffer.wanted && this.flight.pipe < this.congestion.cwnd ? SendLimit.SendBuffer : SendLimit.Application;
  }

  /** What waits behind one segment goes again. */
  release(): void {
    this.oneAtATime = this.oneSent = false;
  }

  /** Forgets what was never sent. @returns how many bytes. */
  flush(): number {
    const { unsent } = this;
    this.queued -= unsent;
    if (this.queued === 0) this.queue.clear();
    if (seqBefore(this.sndNxt, this.sndUp)) this.sndUp = this.sndNxt;
    this.records.clear();
    return unsent;
  }

  /** Lets go of everything. */
  close(): void {
    this.limits.set(SendLimit.Idle, this.session.now);
    this.timer.stop();
    this.queue.clear();
    this.queued = 0;
    this.flight.clear();
  }

  /** What policies that gather segments are to know; @returns how many leave as one, 0 for none yet. */
  private gather(again = false): number {
    const { congestion, flight, rtt, session, behaviour } = this;
    const { segmentation } = behaviour;
    const scale = facts.mss / this.mss;
    facts.cwnd = congestion.cwnd * scale;
    facts.pipe = (flight.pipe - this.behaviour.recovery.departed) * scale;
    facts.offered = this.offered;
    facts.sndWnd = this.sndWnd;
    facts.rate = rtt.srtt > 0 ? unpacedRate(congestion, rtt.srtt) : Number.POSITIVE_INFINITY;
    facts.srtt = rtt.srtt;
    facts.minRtt = rtt.min;
    facts.now = session.now;
    facts.sentAt = this.lastSentAt;
    facts.oldestAt = flight.first?.sentAt ?? -1;
    facts.recovering = behaviour.recovery.recovering;
    if (again) return segmentation.gatherAgain?.(facts) ?? 1;
    const segments = segmentation.gather?.(facts) ?? 1;
    facts.largest = this.buffer.gathered = Math.max(1, segments * facts.mss);
    return segments;
  }

  /** What is queued so far ends a record, part of which may be on its way. */
  endRecord(): void {
    const { flight } = this;
    this.records.end(this.queueEnd);
    if (flight.count > 0 && this.unsent === 0) flight.at(flight.count - 1).endsRecord = true;
  }

  private pushes(length: number): boolean {
    return !this.moreComes && this.behaviour.segmentation.push(facts, length);
  }

  /** Several segments that leave as one: the last of them pushes, so that who puts them together again hands them over. */
  private sendGathered(length: number): void {
    const push = this.pushes(length);
    const piece = ++this.pieces;
    for (let rest = length; rest > 0; rest -= facts.mss) {
      const last = rest <= facts.mss;
      const part = last ? rest : facts.mss;
      this.sendNew(part, push && last, WHY.data, last && length > facts.mss);
      this.flight.at(this.flight.count - 1).piece = piece;
    }
  }

  private sendNew(length: number, push: boolean, why = WHY.data, forced = false): void {
    const seq = this.sndNxt;
    const offset = seqDistance(this.queueSeq, seq);
    let flags = push || forced ? ACK | PSH : ACK;
    let end = seqAdd(seq, length);
    // The FIN takes a number of its own, which the window must have room for.
    if (this.finished && offset + length === this.queued && this.offered > length) {
      flags |= FIN;
      this.finSent = true;
      end = seqAdd(end, 1);
    }
    if (seqBefore(seq, this.sndUp)) flags |= URG;
    this.sndNxt = end;
    this.lastSentAt = this.session.now;
    const idle = this.flight.count === 0;
    const segment = this.flight.sent(seq, end, this.session.now);
    segment.pushed = push;
    segment.endsRecord = this.records.endsAt(end);
    this.rate.sent(segment, this.session.now, idle);
    this.timer.paced(length, this.pacingRate);
    this.sentBytes += length;
    this.timer.begin();
    // Before the handshake is complete only its timer counts (RFC 7413 section 4.2.2).
    if (this.opened) this.behaviour.recovery.sent?.(this);
    this.session.emit(flags, seq, offset, length, why, true);
  }

  /** RFC 9293 section 3.8.6.1: one byte beyond the closed window. It is in flight only once the peer has taken it. */
  probeWindow(): void {
    const flags = this.queueEnd === seqAdd(this.sndNxt, 1) ? ACK | PSH : ACK;
    this.probed = true;
    // Its loss would not be noticed: it is neither capable nor tells of a reduction (RFC 3168 section 6.1.6).
    this.session.emit(flags, this.sndNxt, seqDistance(this.queueSeq, this.sndNxt), 1, WHY.windowProbe, false);
  }

  /** The peer acknowledges the byte that its closed window was probed with. */
  admitProbe(ack: number): void {
    if (!this.probed || ack !== seqAdd(this.sndNxt, 1) || this.unsent === 0) return;
    this.probed = false;
    this.flight.sent(this.sndNxt, ack, this.session.now).transmissions++;
    this.sndNxt = ack;
  }

  private sendFinAlone(): void {
    const seq = this.sndNxt;
    this.finSent = true;
    this.sndNxt = seqAdd(seq, 1);
    this.flight.sent(seq, this.sndNxt, this.session.now);
    this.session.emit(ACK | FIN, seq, 0, 0, WHY.fin, true);
  }

  /** RFC 4821 section 7.4. Where the device cuts segments it could not be told from others. */
  private tryLarger(probe: PathProbe): void {
    if (this.session.superRoom > 0) return;
    const size = probe.next(this, this.session.now);
    if (size === 0) return;
    this.sendNew(size, false, WHY.pathProbe);
    const segment = this.flight.at(this.flight.count - 1);
    this.flight.countAsOne(segment);
    probe.sent(segment, size);
  }

  protected resendLost(): void {
    if (this.oneSent) return;
    for (let lost = this.flight.nextLost(); lost !== undefined; lost = this.flight.nextLost()) {
      if (!this.opened && lost.seq !== this.iss) return;
      // What stands at SND.UNA is sent again whatever the window says (RFC 5681 section 3.2, RFC 6582 section 3.2).
      const window = this.congestion.cwnd - this.flight.pipe + this.behaviour.recovery.departed;
      if (lost.seq !== this.sndUna && window < Math.min(lost.load, this.mss)) return;
      // Linux keeps within a window that has shrunk (RFC 9293 section 3.8.6 lets it: MAY-7).
      const beyond = seqAtMost(seqAdd(this.sndUna, this.sndWnd), lost.seq);
      if (beyond && lost.seq !== this.sndUna && this.buffer.pieces) return;
      if (this.timer.paces(this.pacingRate)) return;
      const why = this.behaviour.recovery.recovering ? WHY.retransmitFast : this.lostFor;
      if (this.gathersAgain) while (lost.length < this.mss && this.flight.join(lost, this.mss));
      if (!this.gathersAgain || lost.piece === 0) this.resend(lost, why);
      else this.resendGathered(lost, why);
      if (this.oneAtATime) {
        this.oneSent = true;
        return;
      }
    }
  }

  /** RFC 6675 section 4, NextSeg (3) and (4): nothing new can go, but the window has room, and answers are wanted. */
  private resendAsLastResort(): void {
    const { recovery } = this.behaviour;
    if (recovery.lastResort === undefined || !recovery.recovering || this.hasNewData) return;
    // What is sent twice is in the network twice, but once in the flight.
    for (let room = this.congestion.cwnd - this.flight.pipe; room >= this.mss; room -= this.mss) {
      const segment = recovery.lastResort(this);
      if (segment === undefined) return;
      this.resend(segment, WHY.retransmitFast);
    }
  }

  /** Linux cuts segments to half of the largest window that the peer has offered, so that two are in flight. */
  get halfWindow(): number {
    const { maxWindow } = this;
    if (!this.buffer.pieces || maxWindow === 0) return Number.POSITIVE_INFINITY;
    return Math.max(maxWindow > 536 ? maxWindow >> 1 : maxWindow, 48);
  }

  /** Whether what is sent again is gathered: small segments into one, several into one packet. */
  private get gathersAgain(): boolean {
    return this.opened && this.behaviour.segmentation.gatherAgain !== undefined;
  }

  /** What left as one in segments that have become too large is cut from its beginning. */
  private cutAnew(first: SentSegment, mss: number): void {
    if (first.length <= mss) return;
    while (this.flight.join(first, 0));
    for (let segment: SentSegment | undefined = first; segment !== undefined && segment.length > mss + 1; ) {
      this.flight.split(segment, seqAdd(segment.seq, mss));
      segment = this.flight.nextLostAfter(segment);
    }
  }

  /** What left as one and is lost together goes together again, as far as the window lets it. */
  private resendGathered(first: SentSegment, why: Reason): void {
    facts.mss = Math.min(this.mss, this.session.room);
    const { piece } = first;
    this.cutAnew(first, facts.mss);
    let segments = this.gather(true);
    const again = ++this.pieces;
    for (let segment = first; ; ) {
      const { end } = segment;
      const next = this.flight.nextLostAfter(segment);
      const goesOn = --segments > 0 && next !== undefined && next.seq === end && next.piece === piece;
      segment.piece = again;
      this.resend(segment, why, segment !== first && !goesOn);
      if (!goesOn) return;
      segment = next;
    }
  }

  private resend(segment: SentSegment, why: Reason, forced = false): void {
    if (!this.opened) {
      this.session.resendHandshake();
      return;
    }
    const largest = Math.min(this.mss, this.session.room);
    const offset = seqDistance(this.queueSeq, segment.seq);
    if (segment.length > largest && this.queued - offset > largest)
      this.flight.split(segment, seqAdd(segment.seq, largest));
    const length = Math.min(segment.length, this.queued - offset);
    let flags = ACK;
    if (segment.length > length) flags |= FIN;
    const ends = !this.moreComes && offset + length === this.queued;
    if ((segment.pushed || forced || ends) && length > 0) flags |= PSH;
    if (seqBefore(segment.seq, this.sndUp)) flags |= URG;
    this.flight.resent(segment, this.session.now);
    if (why !== WHY.lossProbe) this.behaviour.recovery.resent?.(this, segment);
    this.validation.resent?.(segment);
    // The oldest has its time from now on: else it could expire before its answer is due.
    if (segment.seq === this.sndUna) this.timer.restart();
    this.rate.sent(segment, this.session.now, false);
    this.timer.paced(length, this.pacingRate);
    this.retransmissions += length > this.mss ? Math.ceil(length / this.mss) : 1;
    this.resentBytes += length;
    this.sentBytes += length;
    this.lastSentAt = this.session.now;
    this.session.emit(flags, segment.seq, Math.max(0, offset), length, why, false);
  }

  /** Both ends know how large segments may be; the path may not (RFC 4821). @param first as PathProbe has it */
  probePaths(mode: MtuProbing, base: number, options: number, first: number | null): void {
    if (mode === 'never') return;
    this.pathProbe = new PathProbe(mode, options, this.mss, base, first);
    this.mss = this.pathProbe.mss;
  }

  /** The retransmission timer has expired, after `times` in a row: the path may drop what is too large (RFC 4821 section 7.7). */
  doubtPath(times: number): void {
    const { pathProbe, session, behaviour, mss } = this;
    if (pathProbe?.timedOut(times, session.now, headway(behaviour, mss)) === true) this.shrink(pathProbe.mss, false);
  }

  private checkIdle(): void {
    const { validation } = this;
    if (validation.idled !== undefined) validation.idled(this);
    else if (this.lastSentAt > 0 && this.session.now - this.lastSentAt > this.behaviour.rtt.rto)
      this.congestion.idled(this.mss, this.session.now);
  }

  /** The override timeout of silly-window avoidance (RFC 9293 section 3.8.6.2.1): sends what fits into the window. */
  sendWhatFits(): void {
    const length = Math.min(this.unsent, this.sndWnd, this.mss, this.session.room);
    // Linux pushes whatever goes for want of a window.
    this.sendNew(length, length === this.unsent || this.buffer.pieces);
    this.smallEnd = this.sndNxt;
  }

  override probe(): boolean {
    const length = Math.min(this.unsent, this.mss, this.session.room, this.offered);
    if (length > 0) {
      this.sendNew(length, length === this.unsent && !this.moreComes, WHY.lossProbe);
      return true;
    }
    const last = this.flight.at(this.flight.count - 1);
    // Of a super-segment, or of what went out in one piece, the end is enough.
    if (last.length > this.mss) this.flight.split(last, seqAdd(last.end, -this.mss));
    const again = this.flight.at(this.flight.count - 1);
    this.resend(again, WHY.lossProbe);
    // It asks, and repairs nothing that is known to be lost.
    again.retransmitted = false;
    return false;
  }
}
