import type { Reason } from '@netwright/core';
import type { NetworkError } from '../../ip/network.js';
import { ACK, AT, FIN, HEADER_SIZE, RST, SYN } from '../header.js';
import { WHY } from '../reasons.js';
import type { Segment } from '../segment/segment.js';
import { seqAdd, seqAtMost, seqBefore } from '../sequence.js';
import { TcpSession } from '../session.js';
import { State } from '../state.js';
import type { SessionSurroundings } from '../surroundings.js';

/** Bytes of the timestamp option with its padding. */
const TIMESTAMP = 12;
/** ms after which a SYN goes again when the answer to it was for another one. */
const SOON = 2;
/** ICMP errors that end an opening as if nobody listened there. */
const REFUSED: readonly NetworkError['kind'][] = ['port-unreachable', 'protocol-unreachable'];
/** Those that say that the way is broken, not the connection. */
const BROKEN: readonly NetworkError['kind'][] = ['host-unreachable', 'network-unreachable'];

/** A connection as Linux has it, where RFC 9293 leaves a choice. */
export class LinuxSession extends TcpSession {
  readonly endsStalls = true;
  private answering: Segment | null = null;
  private reads = true;
  /** What the SYN has offered, which the SYN-ACK of a simultaneous open offers again. */
  private offered = { timestamps: false, sackPermitted: false, windowScale: -1 };

  override attach(surroundings: SessionSurroundings): void {
    super.attach(surroundings);
    this.receiver.reportsFin = true;
  }

  override receive(segment: Segment): void {
    this.answering = segment;
    super.receive(segment);
    this.answering = null;
  }

  /** What the peer answers may be an old connection, which the reset ends: the SYN need not wait for its timeout. */
  protected override inSynSent(segment: Segment): void {
    const { sender, fastOpening } = this;
    const { timestamps, sackPermitted, windowScale } = this.transmitter.facts;
    this.offered = { timestamps, sackPermitted, windowScale };
    const acks = (segment.flags & (ACK | RST)) === ACK;
    const other = seqAtMost(segment.ack, sender.iss) || seqBefore(sender.sndNxt, segment.ack);
    // What comes with the answer is not looked at, unless fast open was asked for: it comes again.
    if (acks && fastOpening.offer === null) {
      segment.length = 0;
      segment.flags &= ~FIN;
    }
    super.inSynSent(segment);
    const unknown = (segment.flags & ACK) !== 0 && other;
    if (unknown && this.state === State.SynSent && sender.handshakes === 1) sender.timer.hasten(SOON);
  }

  /** Of a simultaneous open the SYN-ACK is the SYN again, with an acknowledgement. */
  protected override sendSynAck(): void {
    const { facts } = this.transmitter;
    if (this.passive) {
      super.sendSynAck();
      return;
    }
    const { timestamps, sackPermitted, windowScale } = facts;
    Object.assign(facts, this.offered);
    super.sendSynAck();
    Object.assign(facts, { timestamps, sackPermitted, windowScale });
  }

  protected override inSynReceived(segment: Segment): void {
    const { receiver } = this;
    const crossed = (segment.flags & (SYN | RST)) === SYN && segment.seq === receiver.irs;
    if (crossed && (segment.flags & ACK) === 0) {
      // As for what is not acceptable there is a limit.
      if (!this.passive) this.challenge();
      else if (this.behaviour.challenge.allow(this.now)) super.inSynReceived(segment);
      return;
    }
    super.inSynReceived(segment);
    // The peer's SYN has come twice, and it hears so (RFC 2883 section 4).
    if (!crossed || this.passive || this.state !== State.Established) return;
    receiver.noteDuplicate(receiver.irs, seqAdd(receiver.irs, 1));
    this.acknowledgeSoon(WHY.handshakeAck);
  }

  /** Who acknowledges what was never sent is not believed anything else either. */
  protected override rememberTimestamp(segment: Segment): void {
    if (!seqBefore(this.sender.sndNxt, segment.ack)) super.rememberTimestamp(segment);
  }

  /** TCP_LINGER2 of less than nothing: who acknowledges the FIN is told that nobody is there any more. */
  override abort(): void {
    const { answering } = this;
    if (answering === null || this.state !== State.FinWait2) super.abort();
    else {
      this.resetFor(answering);
      this.finish(null);
    }
  }

  /** shutdown(2): what comes after both directions were shut down is reset, as after close(). */
  stopReading(): void {
    this.reads = false;
  }

  /** Its listener has gone while it was half open: nothing is said. */
  vanish(): void {
    if (this.state === State.SynReceived && !this.fastOpening.pending) this.finish(null);
  }

  /** Before it is complete the window is the one of the SYN-ACK. */
  protected override sendAck(why: Reason): void {
    const { receiver, transmitter, sender } = this;
    if (this.state !== State.SynReceived || !this.passive || this.fastOpening.pending) {
      super.sendAck(why);
      return;
    }
    transmitter.facts.tsVal = transmitter.stamp;
    transmitter.facts.tsEcr = receiver.tsRecent;
    const window = receiver.tellInitial() >> receiver.windowShift;
    transmitter.send('segment', ACK, sender.sndNxt, receiver.rcvNxt, window, null, 0, 0, why);
  }

  /** A passive open trusts both ends; an active one has left room for a timestamp, which it may not need. */
  protected override get beforeProbes(): number {
    if (this.passive) return Number.POSITIVE_INFINITY;
    return this.settings.mtuBase + (this.offered.timestamps ? TIMESTAMP : 0) - this.transmitter.usualOptions;
  }

  /** What is more than a bare acknowledgment of what both ends know is answered. */
  protected override inTimeWait(segment: Segment): void {
    const { receiver } = this;
    const bare = segment.sequenceLength === 0 && segment.seq === receiver.rcvNxt;
    const known = bare || (segment.flags & (SYN | RST)) !== 0 || !receiver.acceptable(segment);
    super.inTimeWait(segment);
    if (!known && this.state === State.TimeWait && this.behaviour.challenge.allow(this.now))
      this.acknowledgeNow(WHY.ackTimeWait);
  }

  /** A reset also counts where the peer may stand after a loss: behind all that has come. */
  protected override resetsAt(seq: number): boolean {
    const { outOfOrder } = this.receiver;
    return !outOfOrder.empty && seq === outOfOrder.end;
  }

  protected override get resetWindow(): number {
    return this.receiver.tell();
  }

  protected override get deaf(): boolean {
    return super.deaf || (!this.reads && (this.state === State.FinWait1 || this.state === State.FinWait2));
  }

  /** A SYN asks for no more than the path takes as far as is known. */
  protected override sendSyn(): void {
    const { facts, path } = this.transmitter;
    facts.mss = Math.min(facts.mss, path.mtu - path.headerSize - HEADER_SIZE);
    super.sendSyn();
  }

  protected override resetByPeer(): void {
    const last = this.state === State.Closing || this.state === State.LastAck;
    if (this.state !== State.SynReceived && !last) super.resetByPeer();
    else {
      this.fastOpening.reset = true;
      this.finish(this.failure('ECONNRESET'));
    }
  }

  /** Any error ends an opening. Afterwards one that is about the oldest data takes a back-off back (RFC 6069). */
  override networkError(error: NetworkError): void {
    const { sender } = this;
    const broken = BROKEN.includes(error.kind);
    if (error.kind === 'fragmentation-needed' || error.kind === 'source-quench') super.networkError(error);
    else if (this.state === State.SynSent) {
      this.softError = error;
      this.finish(this.failure(REFUSED.includes(error.kind) ? 'ECONNREFUSED' : 'EHOSTUNREACH'));
    } else if (this.state === State.SynReceived && this.passive && !this.fastOpening.pending) {
      if (broken || error.kind === 'ttl-exceeded') this.finish(null);
    } else {
      super.networkError(error);
      if (broken && error.view.getInt32(error.at + AT.sequence) === sender.sndUna) sender.timer.takeBack();
    }
  }
}
