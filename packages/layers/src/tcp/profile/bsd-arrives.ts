import type { Reason } from '@netwright/core';
import { ACK, FIN, PSH, RST, SYN } from '../header.js';
import { WHY } from '../reasons.js';
import type { Segment } from '../segment/segment.js';
import { seqAdd, seqAtMost, seqBefore, seqDistance } from '../sequence.js';
import { TcpSession } from '../session.js';
import { mayReceive, State } from '../state.js';
import type { TcpBehaviour } from '../tokens.js';
import type { FreebsdRules } from './bsd-rules.js';

/** SEGMENT ARRIVES as FreeBSD has it: the order in which a segment is judged, and what is answered how. */
export abstract class BsdArrives extends TcpSession {
  constructor(
    behaviour: TcpBehaviour,
    protected readonly rules: FreebsdRules,
  ) {
    super(behaviour);
  }

  /** Resets first, then SYNs, then timestamps, then the window; what is old is cut off, and its acknowledgement counts. */
  protected override check(segment: Segment): boolean {
    const { receiver, rules } = this;
    if ((segment.flags & RST) !== 0) {
      this.judgeReset(segment);
      return false;
    }
    const stamped = this.transmitter.facts.timestamps;
    if (stamped && !segment.hasTimestamp && !rules.toleratesMissingTimestamps) return false;
    if ((segment.flags & SYN) !== 0 && this.state !== State.SynReceived) {
      this.judgeSyn(segment);
      return false;
    }
    if (stamped && segment.hasTimestamp && receiver.outdated(segment, this.now)) {
      if (segment.length > 0) this.acknowledgeNow(WHY.ackUnacceptable);
      return false;
    }
    if (this.state === State.SynReceived && seqBefore(segment.seq, receiver.irs)) {
      this.resetFor(segment);
      return false;
    }
    this.cutOld(segment);
    if (this.closedByUser && segment.length > 0 && mayReceive(this.state)) {
      // Nobody is left to read it (RFC 1122 section 4.2.2.13).
      this.resetFor(segment, WHY.resetUnread);
      this.finish(null);
      return false;
    }
    if (!this.cutBeyond(segment)) return false;
    const end = seqAdd(segment.seq, segment.length + ((segment.flags & (SYN | FIN)) === 0 ? 0 : 1));
    if (stamped && segment.hasTimestamp && seqAtMost(receiver.lastAckSent, end))
      receiver.rememberTimestamp(segment, this.now);
    if ((segment.flags & ACK) === 0) return false;
    if (segment.userTimeout > 0) this.hearUserTimeout(segment.userTimeout);
    this.ecn.arrived(segment);
    return true;
  }

  private inWindow(seq: number): boolean {
    const { lastAckSent } = this.receiver;
    const { reach } = this.receiver;
    if (reach === 0) return seq === lastAckSent;
    return seqAtMost(lastAckSent, seq) && seqBefore(seq, seqAdd(lastAckSent, reach));
  }

  /** RFC 5961 section 3.2, counted from the last acknowledgement that was sent. */
  private judgeReset(segment: Segment): void {
    if (!this.inWindow(segment.seq)) return;
    if (segment.seq === this.receiver.lastAckSent || this.rules.insecureReset) this.resetByPeer();
    else this.challenge();
  }

  /** RFC 5961 section 4.2: any SYN, wherever it lies. */
  private judgeSyn(segment: Segment): void {
    if (this.rules.insecureSyn && this.inWindow(segment.seq)) {
      this.sendReset(WHY.resetHandshake);
      this.finish(this.failure('ECONNRESET'));
      return;
    }
    if ((segment.flags & ACK) !== 0 && this.state === State.Established) this.ecn.synAckAgain(segment);
    this.challenge();
  }

  /** Cuts off what lies before RCV.NXT, and has it acknowledged. */
  private cutOld(segment: Segment): void {
    const { receiver } = this;
    const before = seqDistance(segment.seq, receiver.rcvNxt);
    if (before <= 0) return;
    const syn = (segment.flags & SYN) === 0 ? 0 : 1;
    const fin = (segment.flags & FIN) !== 0;
    const { length } = segment;
    const whole = before - syn > length || (before - syn === length && !fin);
    const begin = seqAdd(segment.seq, syn);
    const end = whole ? seqAdd(begin, length) : receiver.rcvNxt;
    receiver.noteDuplicate(begin, end);
    if (length > 0) this.ecn.repeated(segment, seqBefore(end, receiver.lastAckSent));
    if (!whole) {
      segment.trimFront(before);
      if (seqBefore(begin, end)) this.acknowledgeSoon(WHY.ackUnacceptable);
      return;
    }
    segment.flags &= ~(SYN | FIN);
    segment.seq = receiver.rcvNxt;
    segment.length = 0;
    this.acknowledgeSoon(WHY.ackUnacceptable);
  }

  /** Cuts off what lies beyond the window. @returns whether anything is left to look at. */
  private cutBeyond(segment: Segment): boolean {
    const { receiver } = this;
    const { reach } = receiver;
    const excess = seqDistance(seqAdd(receiver.rcvNxt, reach), seqAdd(segment.seq, segment.length));
    if (excess <= 0) return true;
    segment.flags &= ~(FIN | PSH);
    if (excess < segment.length) {
      segment.length -= excess;
      return true;
    }
    segment.length = 0;
    // With a closed window what stands next is taken for its acknowledgement (MUST-66).
    if (reach === 0 && segment.seq === receiver.rcvNxt) {
      this.acknowledgeSoon(WHY.ackUnacceptable);
      return true;
    }
    const { sender } = this;
    const bad = seqBefore(segment.ack, sender.sndUna) || seqBefore(sender.sndNxt, segment.ack);
    if (this.state === State.SynReceived && (segment.flags & ACK) !== 0 && bad) this.resetFor(segment);
    else this.acknowledgeNow(WHY.ackUnacceptable);
    return false;
  }

  protected override takeAcknowledgement(segment: Segment): boolean {
    const { sender, rules } = this;
    // RFC 793: what acknowledges the future is answered always, what acknowledges the past is nothing.
    if (rules.insecureAck && seqBefore(sender.sndNxt, segment.ack)) {
      this.acknowledgeNow(WHY.ackUnacceptable);
      return false;
    }
    if (rules.insecureAck && seqBefore(segment.ack, sender.sndUna)) return true;
    return super.takeAcknowledgement(segment);
  }

  protected stamp(): void {
    const { facts } = this.transmitter;
    facts.tsVal = this.transmitter.stamp;
    facts.tsEcr = this.receiver.tsRecent;
    facts.sackBlocks = 0;
  }

  /** An answer beside the stream: without SACK, its window rounded down. */
  protected respond(why: Reason, seq = this.sender.sndNxt): void {
    const { receiver, transmitter } = this;
    this.stamp();
    const room = Math.max(0, receiver.limit - receiver.readable);
    const window = Math.min(room >> receiver.windowShift, 0xffff);
    const flags = ACK | (this.ecn.accurate ? this.ecn.flags(false, false) : 0);
    transmitter.send('segment', flags, seq, receiver.rcvNxt, window, null, 0, 0, why);
    receiver.lastAckSent = receiver.rcvNxt;
  }

  protected override challenge(): void {
    if (this.behaviour.challenge.allow(this.now)) this.respond(WHY.challenge);
  }

  override emit(flags: number, seq: number, offset: number, length: number, why: Reason, fresh: boolean): void {
    if (why === WHY.keepAlive) this.respond(why, seqAdd(this.sender.sndUna, -1));
    else super.emit(flags, seq, offset, length, why, fresh);
  }

  /** Resets of a connection have timestamps where it has them (RFC 7323 section 3.2). */
  protected override sendReset(why: Reason): void {
    this.stamp();
    super.sendReset(why);
  }

  /** Those that answer a segment before there is a connection, or after it, have none. */
  protected override resetFor(segment: Segment, why = WHY.resetHandshake): void {
    const { facts } = this.transmitter;
    const { timestamps } = facts;
    this.stamp();
    if (this.passive || this.state !== State.SynReceived) facts.timestamps = false;
    super.resetFor(segment, why);
    facts.timestamps = timestamps;
  }

  override giveUp(reset = this.settings.resetOnTimeout): void {
    if (reset && this.state === State.SynReceived && !this.passive) this.sendReset(WHY.resetTimeout);
    super.giveUp(reset);
  }
}
