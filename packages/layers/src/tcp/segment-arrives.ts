import type { NetwrightError } from '@netwright/core';
import { fail } from '../errors.js';
import { TcpEndpoint } from './endpoint.js';
import type { TcpTrouble } from './handler.js';
import { ACK, FIN, PSH, RST, SYN, URG } from './header.js';
import { WHY } from './reasons.js';
import type { AckArrival } from './receive/ack.js';
import { Taken } from './receive/taken.js';
import type { Segment } from './segment/segment.js';
import { seqAdd, seqAtMost, seqBefore, seqDistance } from './sequence.js';
import { mayReceive, State } from './state.js';

// One for all connections: it is filled anew for each use, and no use lies within another.
const arrival: AckArrival = { length: 0, pushed: false, window: 0, largest: 0, timeout: 0, now: 0 };

/** SEGMENT ARRIVES (RFC 9293 section 3.10.7.4): the steps that the states have in common. */
export abstract class SegmentArrives extends TcpEndpoint {
  /** Steps one to five of RFC 9293 section 3.10.7.4, with those of RFC 7323 and RFC 5961. @returns whether to go on. */
  protected check(segment: Segment): boolean {
    const { receiver } = this;
    const { flags } = segment;
    const reset = (flags & RST) !== 0;
    if ((flags & (SYN | ACK)) === (SYN | ACK) && this.state === State.Established) this.ecn.synAckAgain(segment);
    if (segment.hasTimestamp && !reset && this.transmitter.facts.timestamps && receiver.outdated(segment, this.now)) {
      this.answerUnacceptable(segment);
      return false;
    }
    if (this.lacksTimestamp(segment)) return false;
    if (!receiver.acceptable(segment)) {
      const end = seqAdd(segment.seq, segment.length);
      if (seqAtMost(end, receiver.rcvNxt)) {
        // A FIN takes a number, too; a SYN is answered otherwise, and TIME-WAIT reports nothing.
        const last = (flags & SYN) === 0 ? seqAdd(segment.seq, segment.sequenceLength) : end;
        if (this.state !== State.TimeWait) receiver.noteDuplicate(segment.seq, last);
        if (segment.length > 0) this.ecn.repeated(segment, seqBefore(end, receiver.lastAckSent));
      }
      if (!reset) this.answerUnacceptable(segment);
      return false;
    }
    if (reset) {
      if (this.state === State.TimeWait && this.behaviour.timewait.ignoresResets === true) return false;
      // RFC 5961 section 3.2: only the very next sequence number resets.
      if (segment.seq === receiver.rcvNxt || this.resetsAt(segment.seq)) this.resetByPeer();
      else this.challenge();
      return false;
    }
    if ((flags & SYN) !== 0) {
      // RFC 5961 section 4.2.
      this.challenge();
      return false;
    }
    if ((flags & ACK) === 0) return false;
    receiver.trafficClass = segment.packet?.trafficClass ?? 0;
    if (segment.hasTimestamp) this.rememberTimestamp(segment);
    if (segment.userTimeout > 0) this.hearUserTimeout(segment.userTimeout);
    this.ecn.arrived(segment);
    return true;
  }

  protected rememberTimestamp(segment: Segment): void {
    this.receiver.rememberTimestamp(segment, this.now);
  }

  /** RFC 7323 section 3.2: "TCP SHOULD silently drop the segment", where the manifest asks for it. */
  protected lacksTimestamp({ hasTimestamp, flags }: Segment): boolean {
    if (hasTimestamp || (flags & RST) !== 0 || !this.transmitter.facts.timestamps) return false;
    return this.settings.timestampsRequired;
  }

  /** The peer suggests a user timeout (RFC 5482 section 3.1). */
  protected hearUserTimeout(ms: number): void {
    this.receiver.peerUserTimeout = ms;
    if (this.state >= State.Established) this.tellUserTimeout();
  }

  private tellUserTimeout(): void {
    const { peerUserTimeout } = this.receiver;
    if (peerUserTimeout === 0 || !this.settings.userTimeoutOption) return;
    this.tell(() => this.handler.userTimeout?.(this.self, peerUserTimeout));
  }

  /** Where there is no text, within a limit: two ends that disagree would answer each other for ever (RFC 5961 section 7). */
  private answerUnacceptable(segment: Segment): void {
    this.noteArrival(segment);
    if (segment.length > 0) this.behaviour.ack.repeated?.(arrival);
    const limited = segment.sequenceLength === 0 || (segment.flags & SYN) !== 0;
    if (limited && !this.behaviour.challenge.allow(this.now)) return;
    this.acknowledgeNow(this.state === State.TimeWait ? WHY.ackTimeWait : WHY.ackUnacceptable);
  }

  /** The fifth step: SEG.ACK and SEG.WND. @returns whether to go on. */
  protected takeAcknowledgement(segment: Segment): boolean {
    const { sender } = this;
    const { ack } = segment;
    sender.admitProbe(ack);
    if (seqBefore(sender.sndNxt, ack) || seqBefore(ack, seqAdd(sender.sndUna, -sender.maxWindow))) {
      // RFC 5961 section 5.2: of something never sent, or too old for a duplicate.
      this.challenge();
      return false;
    }
    this.ackHeardAt = this.heardAt;
    const window = segment.window << sender.windowShift;
    if (seqBefore(sender.sndUna, ack)) {
      sender.acknowledge(ack, false, this.echoedRtt(segment), segment);
      if (this.fastOpening.pending) this.confirm(segment, window);
      this.transmitter.path.confirm();
    } else if (
      // RFC 5681 section 2: what makes a duplicate.
      ack === sender.sndUna &&
      segment.length === 0 &&
      (segment.flags & FIN) === 0 &&
      sender.flight.count > 0 &&
      !sender.tellsWindow(segment.seq, window)
    ) {
      sender.acknowledge(ack, true, -1, segment);
    } else if (ack === sender.sndUna && segment.sackBlocks > 0) {
      // What it reports counts, whatever else it says (RFC 6675 section 2); a duplicate may be of what is all there.
      sender.acknowledge(ack, false, -1, segment);
    } else if (this.ecn.accurate) {
      sender.heedMarks(segment, 0, 0, sender.flight.pipe);
    }
    if (segment.length === 0 && this.ecn.callsForAck(false)) this.acknowledgeSoon(WHY.ackMarked);
    sender.updateWindow(segment.seq, ack, window);
    return true;
  }

  /** Steps six to eight: urgent pointer, text, FIN. */
  protected takeText(segment: Segment): void {
    const { receiver } = this;
    if ((segment.flags & URG) !== 0 && receiver.urge(segment)) this.tell(() => this.handler.urgent?.(this.self));
    const fin = (segment.flags & FIN) !== 0;
    if ((segment.length === 0 && !fin) || !mayReceive(this.state)) return;
    if (this.deaf && seqBefore(receiver.rcvNxt, seqAdd(segment.seq, segment.length))) {
      // RFC 1122 section 4.2.2.13: nobody is left to read it. The reset has the number that the segment expects, as
      // that of a connection which is gone has (RFC 9293 section 3.5.2, group 1).
      this.resetFor(segment, WHY.resetUnread);
      this.finish(this.closedByUser ? null : this.failure('ECONNRESET'));
      return;
    }
    if ((segment.flags & PSH) !== 0) receiver.ackFacts.pushed = true;
    if (segment.length > 0) receiver.heard(this.now, receiver.tunes ? this.echoedRtt(segment) : -1);
    const { finished, rcvNxt } = receiver;
    this.noteArrival(segment);
    const taken = receiver.take(segment, fin);
    if (taken === Taken.InOrder && arrival.length > 0) this.behaviour.ack.heard?.(arrival);
    else if (taken === Taken.Nothing) this.behaviour.ack.repeated?.(arrival);
    else if (arrival.length > 0) {
      if (receiver.rcvNxt === rcvNxt) this.behaviour.ack.ahead?.(arrival);
      else this.behaviour.ack.heard?.(arrival);
    }
    if (arrival.pushed && seqAtMost(seqAdd(segment.seq, segment.length), receiver.rcvNxt)) receiver.pushed = true;
    if (taken !== Taken.InOrder) this.acknowledgeSoon(WHY.ackOutOfOrder);
    else if (this.ecn.callsForAck(true)) this.acknowledgeSoon(WHY.ackMarked);
    else this.ackWhy ??= WHY.ackDelayed;
    if (receiver.finished && !finished) this.peerFinished();
  }

  /** What the window field of a reset says, which nobody reads. */
  protected get resetWindow(): number {
    return 0;
  }

  /** Payload of segments until a probe has told more of the path; null for what is certain. */
  protected get beforeProbes(): number | null {
    return null;
  }

  /** Whether a reset counts that has another number than the very next. */
  protected resetsAt(_seq: number): boolean {
    return false;
  }

  /** Whether nobody is left to read what comes. */
  protected get deaf(): boolean {
    return this.closedByUser;
  }

  /** Before it is taken, and perhaps cut. */
  private noteArrival(segment: Segment): void {
    const { receiver } = this;
    arrival.length = segment.packet?.segmentSize || segment.length;
    arrival.pushed = (segment.flags & PSH) !== 0;
    arrival.window = receiver.advertised;
    arrival.largest = receiver.ownSegment;
    arrival.timeout = this.behaviour.rtt.rto;
    arrival.now = this.now;
  }

  private peerFinished(): void {
    const { ack } = this.behaviour;
    if (ack.finWaits !== true || this.state !== State.Established) this.acknowledgeSoon(WHY.ack);
    else ack.ended?.();
    if (this.state === State.Established) this.enter(State.CloseWait);
    else if (this.state === State.FinWait2) this.enterTimeWait();
    else if (this.state === State.FinWait1) {
      if (this.sender.finAcknowledged) this.enterTimeWait();
      else this.enter(State.Closing);
    }
  }

  /** The handshake is complete. */
  protected establish(segment: Segment, window: number): void {
    this.beginSending(segment, window);
    this.enter(State.Established);
    this.timers.startKeepAlive();
    this.tellEstablished();
  }

  /** The handshake is complete of a connection that was opened fast. */
  protected confirm(segment: Segment, window: number): void {
    const { sender } = this;
    this.fastOpening.pending = false;
    sender.updateWindow(segment.seq, segment.ack, window);
    if (sender.handshakes > 2) sender.congestion.begin(sender.mss, this.now, true);
    if (this.state === State.SynReceived) this.enter(State.Established);
    this.timers.startKeepAlive();
    this.surroundings.confirmed(this.self);
  }

  /** What both ends have agreed on is known: the sending half begins. */
  protected beginSending(segment: Segment, window: number): void {
    const { sender } = this;
    this.openedAt = this.now;
    sender.sndWl1 = segment.seq;
    sender.sndWl2 = segment.ack;
    sender.sndWnd = sender.maxWindow = window;
    sender.buffer.begin();
    const { mtuProbing, mtuBase } = this.settings;
    sender.probePaths(mtuProbing, mtuBase, this.transmitter.usualOptions, this.beforeProbes);
    sender.congestion.begin(sender.mss, this.now, sender.handshakes > 2);
    sender.countSegments();
    this.behaviour.recovery.begin?.(sender);
    const { receiver } = this;
    receiver.window();
    this.behaviour.ack.begin?.(Math.min(sender.mss, receiver.ownSegment, receiver.advertised >> 1));
    this.ecn.begin(sender.sndUna);
  }

  protected tellEstablished(): void {
    this.tell(() => this.surroundings.established(this.self));
    this.tell(() => this.handler.established?.(this.self));
    this.tellUserTimeout();
  }

  /** Round trip in ms by the timestamp that a segment echoes (RFC 7323 section 4.1); -1 where it echoes none. */
  protected echoedRtt(segment: Segment): number {
    if (!segment.hasTimestamp || !this.transmitter.facts.timestamps || segment.tsEcr === 0) return -1;
    const rtt = seqDistance(segment.tsEcr, this.transmitter.stamp);
    return rtt < 0 ? -1 : rtt;
  }

  /** Tells the program of a soft error (RFC 9293 section 3.9.1.8), where it wants to know. */
  report(trouble: TcpTrouble): void {
    if (this.handler.trouble !== undefined) this.tell(() => this.handler.trouble?.(this.self, trouble));
  }

  /** The peer's SYN came again. @returns whether it asks for another kind of feedback than before: that is reset. */
  protected contradicts(syn: Segment): boolean {
    if (!this.ecn.synAgain(syn)) return false;
    this.sendReset(WHY.resetHandshake);
    this.finish(this.passive ? null : this.failure('ECONNRESET'));
    return true;
  }

  protected challenge(): void {
    if (this.behaviour.challenge.allow(this.now)) this.sendAck(WHY.challenge);
  }

  /** RFC 9293 section 3.10.7.3: an ACK of something never sent is answered by a reset with its own number. */
  protected resetFor(segment: Segment, why = WHY.resetHandshake): void {
    const { facts } = this.transmitter;
    facts.resetEcho = segment.hasTimestamp && this.settings.resetTimestamps ? segment.tsVal : null;
    this.transmitter.send('reset', RST, segment.ack, 0, 0, null, 0, 0, why);
  }

  protected resetByPeer(): void {
    // A listener's connection that is not established yet goes quietly (section 3.10.7.4, second step).
    const { state, sender } = this;
    this.fastOpening.reset = true;
    const refused = state === State.SynReceived && !this.passive;
    // Both have finished: unless data of ours is missing, nothing was broken off (section 3.10.7.4, second step).
    const done = state >= State.Closing && sender.queued === 0;
    if (done) this.expireTimeWait();
    else this.finish(this.failure(refused ? 'ECONNREFUSED' : 'ECONNRESET'));
  }

  protected failure(
    code: 'ECONNREFUSED' | 'ECONNRESET' | 'ECONNABORTED' | 'ETIMEDOUT' | 'EHOSTUNREACH',
  ): NetwrightError {
    return fail(code, { remote: this.remote, address: this.id.remoteAddress, port: this.id.remotePort });
  }
}
