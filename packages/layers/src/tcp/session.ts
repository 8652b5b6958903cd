import type { Reason } from '@netwright/core';
import { inject, injectable } from 'inversify';
import type { NetworkError } from '../ip/network.js';
import { verify } from './authentication/guard.js';
import { ACK, FIN, RST, SYN } from './header.js';
import { agree } from './open/agreement.js';
import type { FastOpenGrant } from './open/fastopen.js';
import { WHY } from './reasons.js';
import type { Segment } from './segment/segment.js';
import { SegmentArrives } from './segment-arrives.js';
import { seqAdd, seqAtMost, seqBefore } from './sequence.js';
import { State } from './state.js';
import { TCP_BEHAVIOUR, type TcpBehaviour } from './tokens.js';

/** Segments in flight below which a stream is thin, and how many of its timeouts are not doubled where that is asked for. */
const THIN = 4;
const THIN_RETRIES = 6;

/**
 * One TCP connection (RFC 9293 section 3.10). To change what it does, extend it: each step that sends is a method,
 * each state is a method. Put `@injectable() @injectFromBase({ extendConstructorArguments: true })` on your class and
 * rebind `tcp.session` to it, for the stack, a listener or a connection.
 */
@injectable()
export class TcpSession extends SegmentArrives {
  /** The network reported a soft error (RFC 9293 section 3.9.2.2): it is told if the connection then fails. */
  softError: NetworkError | null = null;

  constructor(@inject(TCP_BEHAVIOUR) behaviour: TcpBehaviour) {
    super(behaviour);
  }

  // ---- opening ------------------------------------------------------------------------------------------------

  /**
   * Active open: chooses a sequence number and sends a SYN.
   * @param fastOpen whether it takes part in fast open, where `tcp.fastopen` does.
   * @param data what is sent first, with the SYN where fast open lets it.
   */
  open(fastOpen = true, data?: Uint8Array): void {
    const { behaviour, id, sender, transmitter } = this;
    this.useInitialSequence(behaviour.isn.initial(id, this.now));
    const offer = fastOpen ? behaviour.fastOpen.offer(id.localAddress, id.remoteAddress) : null;
    this.enter(State.SynSent);
    if (data !== undefined) this.write(data);
    this.timers.limitOpening();
    this.fastOpening.prepare(offer, sender.queued, transmitter);
    this.sendSyn();
  }

  /**
   * Passive open: answers `segment`, a SYN to a listener.
   * @param after as {@link InitialSequence.initial} has it.
   * @param grant what fast open says to it; null where the listener takes no part.
   */
  accept(segment: Segment, after?: number, grant: FastOpenGrant | null = null): void {
    const { behaviour, id, receiver } = this;
    this.passive = true;
    this.learnKeys(segment);
    receiver.startAt(segment.seq);
    agree(segment, this.transmitter, this.sender, this.receiver, this.now);
    this.ecn.synArrived(segment, false);
    this.transmitter.facts.cookie = grant?.cookie ?? null;
    this.transmitter.facts.experimentalCookie = segment.experimentalCookie;
    this.useInitialSequence(behaviour.isn.initial(id, this.now, after));
    this.enter(State.SynReceived);
    if (grant?.accept === true) this.openFast(segment);
    else this.sendSynAck();
  }

  /** A connection's keys are made of its numbers (RFC 5925 section 5.2), which the layer has verified already. */
  private learnKeys(segment: Segment): void {
    const { authenticator } = this.transmitter;
    if (authenticator !== null && segment.packet !== null) verify(authenticator, segment.packet, segment);
  }

  /** RFC 7413 section 4.2.2: the SYN's data is taken, and data may follow the SYN-ACK. */
  private openFast(segment: Segment): void {
    const { fastOpening, receiver } = this;
    fastOpening.pending = fastOpening.passively = true;
    receiver.tellInitial();
    segment.trimFront(1);
    if (segment.length > 0) receiver.take(segment, false);
    fastOpening.dataTaken = receiver.readable > 0;
    this.sendSynAck();
    this.beginSending(segment, segment.window);
    this.tellEstablished();
    this.touch();
  }

  /** A listener that kept nothing of the SYN finds it again in the acknowledgement of its cookie (RFC 4987 section 3.6). */
  recall(syn: Segment, acknowledgment: Segment, stampOffset: number): void {
    const { sender, receiver } = this;
    this.passive = true;
    this.transmitter.stampOffset = stampOffset;
    this.learnKeys(acknowledgment);
    receiver.startAt(syn.seq);
    agree(syn, this.transmitter, sender, receiver, this.now);
    this.ecn.resumed(syn, acknowledgment);
    this.useInitialSequence(seqAdd(acknowledgment.ack, -1));
    this.enter(State.SynReceived);
    receiver.tellInitial();
    receiver.acknowledged();
    sender.handshakeRecalled(this.echoedRtt(acknowledgment));
    this.receive(acknowledgment);
  }

  /** Sets ISS: call it in a step that sends the SYN or SYN-ACK, to use a number of your choice. */
  protected useInitialSequence(iss: number): void {
    this.sender.startAt(iss);
  }

  // ---- steps that send: override these ------------------------------------------------------------------------

  /** Sends the SYN, and sends it again. */
  protected sendSyn(): void {
    const { sender, transmitter, fastOpening } = this;
    const again = sender.handshakeSent(fastOpening.sent);
    // RFC 7413 section 4.2.2: "without data and Fast Open options".
    if (again) transmitter.facts.cookie = null;
    // RFC 3168 section 6.1.1.1: a SYN that may have been dropped for its ECN flags is sent again without them.
    this.transmitSyn(
      SYN | this.ecn.askFlags(this.sender.handshakes, this.id.remoteAddress, this.now),
      again ? WHY.synRetransmit : WHY.syn,
      again ? 0 : fastOpening.sent,
    );
  }

  /** Sends the SYN-ACK, and sends it again. */
  protected sendSynAck(): void {
    const again = this.sender.handshakeSent();
    if (again) this.transmitter.facts.cookie = null;
    this.transmitSyn(
      SYN | ACK | this.ecn.answerFlags(this.sender.handshakes),
      again ? WHY.synAckRetransmit : WHY.synAck,
    );
    this.receiver.acknowledged();
  }

  /** Sends an acknowledgement without data. */
  protected sendAck(why: Reason): void {
    this.transmit(ACK, this.sender.sndNxt, 0, 0, why, false);
  }

  /** Sends `length` bytes of the send queue at `offset` as sequence number `seq`; `fresh` for the first time. */
  protected sendData(flags: number, seq: number, offset: number, length: number, why: Reason, fresh: boolean): void {
    this.transmit(flags, seq, offset, length, why, fresh);
  }

  /** Sends the FIN, with the last data where there is some. */
  protected sendFin(flags: number, seq: number, offset: number, length: number, why: Reason, fresh: boolean): void {
    this.transmit(flags, seq, offset, length, why, fresh);
  }

  /** Sends a reset. */
  protected sendReset(why: Reason): void {
    const { transmitter, sender, receiver } = this;
    const ecn = this.ecn.accurate ? this.ecn.flags(false, false) : 0;
    transmitter.facts.tsVal = transmitter.stamp;
    transmitter.facts.tsEcr = receiver.tsRecent;
    transmitter.send('abort', RST | ACK | ecn, sender.sndNxt, receiver.rcvNxt, this.resetWindow, null, 0, 0, why);
  }

  // ---- states: override these ---------------------------------------------------------------------------------

  /** A segment for this connection (RFC 9293 section 3.10.7). */
  receive(segment: Segment): void {
    this.heardAt = this.now;
    this.segmentsReceived += segment.count;
    if (segment.length > 0) this.receiver.dataSegments += segment.count;
    switch (this.state) {
      case State.Established:
        this.inEstablished(segment);
        break;
      case State.SynSent:
        this.inSynSent(segment);
        break;
      case State.SynReceived:
        this.inSynReceived(segment);
        break;
      case State.FinWait1:
        this.inFinWait1(segment);
        break;
      case State.FinWait2:
        this.inFinWait2(segment);
        break;
      case State.CloseWait:
        this.inCloseWait(segment);
        break;
      case State.Closing:
        this.inClosing(segment);
        break;
      case State.LastAck:
        this.inLastAck(segment);
        break;
      case State.TimeWait:
        this.inTimeWait(segment);
        break;
    }
    this.touch();
  }

  /** RFC 9293 section 3.10.7.3. */
  protected inSynSent(segment: Segment): void {
    const { sender, receiver, behaviour } = this;
    const { flags } = segment;
    const acks = (flags & ACK) !== 0;
    if (acks && (seqAtMost(segment.ack, sender.iss) || seqBefore(sender.sndNxt, segment.ack))) {
      if ((flags & RST) === 0) this.resetFor(segment);
      return;
    }
    if ((flags & RST) !== 0) {
      if (acks) this.finish(this.failure('ECONNREFUSED'));
      return;
    }
    if ((flags & SYN) === 0) return;
    receiver.startAt(segment.seq);
    agree(segment, this.transmitter, this.sender, this.receiver, this.now);
    if (!acks) {
      // Simultaneous open (section 3.5, figure 7).
      this.ecn.synArrived(segment, true);
      this.enter(State.SynReceived);
      sender.handshakes = 0;
      this.transmitter.facts.cookie = null;
      this.sendSynAck();
      return;
    }
    this.ecn.synAckArrived(segment, this.id.remoteAddress, this.now);
    sender.acknowledge(segment.ack, false, this.echoedRtt(segment));
    const lost = sender.flight.count > 0;
    this.fastOpening.conclude(segment, behaviour.fastOpen, this.transmitter, sender.handshakes > 1, lost);
    if (lost) sender.handshakeDataRefused();
    this.establish(segment, segment.window);
    // An acknowledgement with data could not tell how the SYN-ACK has arrived (RFC 9768 section 3.2.2.1).
    if (this.ecn.accurate && sender.unsent > 0) this.acknowledgeNow(WHY.handshakeAck);
    else this.acknowledgeSoon(WHY.handshakeAck);
    segment.trimFront(1);
    this.takeText(segment);
  }

  /** RFC 9293 section 3.10.7.4 for SYN-RECEIVED. */
  protected inSynReceived(segment: Segment): void {
    const { sender, receiver } = this;
    const crossed = (segment.flags & (SYN | RST)) === SYN && segment.seq === receiver.irs;
    if (crossed) {
      // The peer's SYN again: our SYN-ACK was lost. With an ACK it is the other half of a simultaneous open.
      if ((segment.flags & ACK) === 0) {
        if (!this.contradicts(segment)) this.sendSynAck();
        return;
      }
      segment.trimFront(1);
    }
    if (!this.check(segment)) return;
    if (seqAtMost(segment.ack, sender.sndUna) || seqBefore(sender.sndNxt, segment.ack)) {
      this.resetFor(segment);
      return;
    }
    if (this.passive && !this.fastOpening.pending && !this.mayComplete(segment)) return;
    this.ecn.synAckAcknowledged(segment);
    sender.acknowledge(segment.ack, false, this.echoedRtt(segment));
    const window = crossed ? segment.window : segment.window << sender.windowShift;
    if (this.fastOpening.pending) this.confirm(segment, window);
    else {
      if (sender.flight.count > 0) sender.handshakeDataRefused();
      this.establish(segment, window);
    }
    if (sender.finished && this.state === State.Established) this.enter(State.FinWait1);
    this.takeText(segment);
  }

  protected inEstablished(segment: Segment): void {
    if (this.check(segment) && this.takeAcknowledgement(segment)) this.takeText(segment);
  }

  protected inFinWait1(segment: Segment): void {
    if (!this.check(segment) || !this.takeAcknowledgement(segment)) return;
    if (this.sender.finAcknowledged) {
      this.enter(State.FinWait2);
      if (this.closedByUser) this.timers.waitForFin();
    }
    this.takeText(segment);
  }

  protected inFinWait2(segment: Segment): void {
    if (this.check(segment) && this.takeAcknowledgement(segment)) this.takeText(segment);
  }

  protected inCloseWait(segment: Segment): void {
    if (this.check(segment)) this.takeAcknowledgement(segment);
  }

  protected inClosing(segment: Segment): void {
    if (this.check(segment) && this.takeAcknowledgement(segment) && this.sender.finAcknowledged) this.enterTimeWait();
  }

  protected inLastAck(segment: Segment): void {
    if (this.check(segment) && this.takeAcknowledgement(segment)) this.finishWhenRead();
  }

  /** Only a FIN is expected: the peer has not heard our last acknowledgement. */
  protected inTimeWait(segment: Segment): void {
    // The FIN lies before RCV.NXT, so `check` has answered it already; 2 MSL begin anew (section 3.10.7.4, eighth step).
    const last = seqAdd(segment.seq, segment.sequenceLength);
    const fin = (segment.flags & FIN) !== 0 && last === this.receiver.rcvNxt;
    this.check(segment);
    if (fin && this.state === State.TimeWait) this.timers.timeWait(this.behaviour.timewait.duration);
  }

  /**
   * Whether `syn` begins a new incarnation, which takes its place in TIME-WAIT; an application that has not read to the
   * end is told. @param stamps whether this end would use timestamps.
   */
  givesWay(syn: Segment, stamps: boolean): boolean {
    const { receiver, transmitter, behaviour } = this;
    const { rcvNxt, tsRecent } = receiver;
    const { seq, tsVal, hasTimestamp } = syn;
    const stampedBefore = transmitter.facts.timestamps;
    const stampedNow = hasTimestamp && stamps;
    const timestamps = stampedBefore && hasTimestamp;
    if (!behaviour.timewait.reuse({ rcvNxt, seq, timestamps, stampedBefore, stampedNow, tsRecent, tsVal }))
      return false;
    this.giveWay();
    return true;
  }

  private giveWay(): void {
    this.expireTimeWait();
    this.finish(this.failure('ECONNABORTED'));
  }

  /** Whether the listener lets the answer to its SYN-ACK complete the handshake. */
  private mayComplete(segment: Segment): boolean {
    const completion = this.surroundings.completes(this, segment.sequenceLength === 0);
    if (completion === 'reset') {
      this.resetFor(segment, WHY.resetNotListening);
      this.finish(null);
    }
    return completion === 'now';
  }

  resendHandshake(): void {
    if (this.state === State.SynSent) this.sendSyn();
    else if (!this.passive || this.fastOpening.pending || this.surroundings.answersNow(this)) this.sendSynAck();
    else this.sender.handshakeSent();
  }

  timedOut(times: number): boolean {
    const { sender } = this;
    const { synLinear, thinLinear } = this.surroundings.settings;
    if (this.fastOpening.offer !== null)
      this.behaviour.fastOpen.timedOut(this.id.localAddress, this.id.remoteAddress, times, times >= this.retryLimit);
    if (this.state === State.SynSent) return times >= synLinear;
    sender.doubtPath(times);
    return !thinLinear || times >= THIN_RETRIES || sender.flight.bytes >= THIN * sender.mss;
  }

  /** Ends it as an operator does (tcpdrop(8)): by a reset; the application is told ECONNABORTED. */
  drop(): void {
    this.surroundings.host.turn.run(() => {
      const known = this.state >= State.SynReceived && this.state !== State.TimeWait;
      if (known) this.sendReset(WHY.resetAborted);
      this.finish(this.failure('ECONNABORTED'));
    });
  }

  giveUp(reset = this.settings.resetOnTimeout): void {
    if (reset && this.state >= State.Established) this.sendReset(WHY.resetTimeout);
    this.finish(this.failure(this.softError === null ? 'ETIMEDOUT' : 'EHOSTUNREACH'));
  }

  /** RFC 5927 section 4.1: whether a sequence number that an ICMP error quotes is one that is in flight. */
  inFlight(seq: number): boolean {
    const { sndUna, sndNxt } = this.sender;
    return seqAtMost(sndUna, seq) && seqBefore(seq, sndNxt);
  }

  /** ICMP about a segment of ours that is in flight (RFC 9293 section 3.9.2.2). */
  networkError(error: NetworkError): void {
    const { sender } = this;
    if (error.kind === 'fragmentation-needed') {
      sender.shrink(Math.min(sender.mss, this.transmitter.room));
      // The data was too much for the path, and the SYN with it is lost.
      if (this.state === State.SynSent && this.fastOpening.sent > 0) this.sendSyn();
      this.touch();
      return;
    }
    const hard =
      error.kind === 'protocol-unreachable' || error.kind === 'port-unreachable' || error.kind === 'prohibited';
    const opening = this.state === State.SynSent;
    // RFC 5927 section 5.2: hard errors abort a connection only before it is established.
    if (hard && opening) this.finish(this.failure('ECONNREFUSED'));
    // No router said so (that would be soft, MUST-56): we asked the link ourselves, and nobody answers there.
    else if (opening && error.from.equals(error.source)) this.finish(this.failure('EHOSTUNREACH'));
    // RFC 6633: a source quench says nothing any more (MUST-55).
    else if (error.kind !== 'source-quench') {
      this.softError = error;
      this.report(error);
    }
  }
}
