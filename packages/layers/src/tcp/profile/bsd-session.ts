import type { NetworkError } from '../../ip/network.js';
import { ACK, FIN, RST, SYN } from '../header.js';
import type { FastOpenGrant } from '../open/fastopen.js';
import { WHY } from '../reasons.js';
import type { Segment } from '../segment/segment.js';
import { seqAdd, seqAtMost, seqBefore } from '../sequence.js';
import { State, synchronized } from '../state.js';
import type { TcpBehaviour } from '../tokens.js';
import { BsdArrives } from './bsd-arrives.js';
import type { FreebsdRules } from './bsd-rules.js';
import { BsdSyncache, Verdict } from './bsd-syncache.js';

/** Timeouts of a SYN after which a second soft error ends it. */
const PATIENT_TIMEOUTS = 3;

/**
 * A connection as FreeBSD has it: how it is opened, what close() and shutdown() do, and how segments are judged. Where RFC 9293 leaves nothing open it does the same as any.
 */
export class BsdSession extends BsdArrives {
  /** Payload and options of the largest segment both ends take. */
  private maxSegment = 536;
  /** The MSS that the peer's SYN has told; 0 where it told none. */
  private peerMss = 0;
  private discards = false;
  private readonly syncache: BsdSyncache;

  constructor(behaviour: TcpBehaviour, rules: FreebsdRules) {
    super(behaviour, rules);
    this.syncache = new BsdSyncache(rules);
  }

  // ---- opening ------------------------------------------------------------------------------------------------

  override accept(segment: Segment, after?: number, grant: FastOpenGrant | null = null): void {
    this.peerMss = segment.mss;
    this.receiver.takesUntold = true;
    super.accept(segment, after, grant);
  }

  override recall(syn: Segment, acknowledgment: Segment, stampOffset: number): void {
    this.peerMss = syn.mss;
    this.receiver.takesUntold = true;
    super.recall(syn, acknowledgment, stampOffset);
  }

  override open(fastOpen = true, data?: Uint8Array): void {
    this.receiver.takesUntold = true;
    super.open(fastOpen, data);
  }

  protected override inSynSent(segment: Segment): void {
    if ((segment.flags & SYN) !== 0) this.peerMss = segment.mss;
    super.inSynSent(segment);
    // shutdown() before the answer: the FIN goes with its acknowledgement.
    if (this.sender.finished && this.state === State.Established) this.enter(State.FinWait1);
  }

  protected override sendSyn(): void {
    const { facts } = this.transmitter;
    if (this.rules.dropsOptions && this.sender.handshakes >= 3) {
      facts.timestamps = facts.sackPermitted = false;
      facts.windowScale = -1;
    }
    super.sendSyn();
  }

  /** Buffers become whole segments once their size is known. */
  protected override beginSending(segment: Segment, window: number): void {
    const { sender, receiver, transmitter, rules } = this;
    const four = this.id.remoteAddress.version === 4;
    const unsaid = four ? rules.defaultSegment : rules.defaultSegment6;
    const told = this.peerMss === 0 ? unsaid : Math.max(this.peerMss, rules.leastSegment);
    this.maxSegment = Math.max(64, Math.min(told, transmitter.path.mtu - transmitter.path.headerSize - 20));
    sender.mss = Math.max(1, this.maxSegment - transmitter.usualOptions);
    if (this.peerMss > 0 || this.passive) {
      if (receiver.limit > this.maxSegment) receiver.limit = this.wholeSegments(receiver.limit);
      if (sender.buffer.limit >= this.maxSegment) sender.buffer.limit = this.wholeSegments(sender.buffer.limit);
    }
    receiver.ackFacts.segmentSize = this.maxSegment;
    super.beginSending(segment, window);
  }

  private wholeSegments(bytes: number): number {
    const { largestBuffer } = this.rules;
    const whole = Math.min(Math.ceil(bytes / this.maxSegment) * this.maxSegment, largestBuffer);
    // Of the largest buffer eight ninths may be data: what does not fit stays as it is.
    return whole > (largestBuffer * 8) / 9 ? bytes : Math.max(bytes, whole);
  }

  protected override inSynReceived(segment: Segment): void {
    if (!this.passive) {
      super.inSynReceived(segment);
      return;
    }
    if (this.fastOpening.pending) {
      this.inFastOpen(segment);
      return;
    }
    switch (this.syncache.judge(segment, this)) {
      case Verdict.Complete:
        super.inSynReceived(segment);
        break;
      case Verdict.Answer:
        this.answerAgain(segment);
        break;
      case Verdict.Challenge:
        this.challengeFromSyncache();
        break;
      case Verdict.Refuse:
        this.resetFor(segment);
        break;
      case Verdict.Reset:
        this.resetByPeer();
        break;
    }
  }

  /** The SYN again, whatever its number: the SYN-ACK goes out again, and its time begins anew. */
  private answerAgain(segment: Segment): void {
    const { sender, receiver, transmitter, behaviour } = this;
    if (transmitter.facts.timestamps && segment.hasTimestamp) receiver.firstTimestamp(segment.tsVal, this.now);
    else transmitter.facts.timestamps = false;
    if (this.contradicts(segment)) return;
    this.sendSynAck();
    behaviour.rtt.settle();
    sender.timer.backoffs = 0;
    sender.timer.restart();
    sender.timer.set();
  }

  /** Who keeps nothing but a cookie sends nothing again; it is good for as long as SYN-ACKs would have been sent. */
  override resendHandshake(): void {
    const cookie = this.rules.cookiesOnly && this.passive && !this.fastOpening.pending;
    if (cookie && this.state === State.SynReceived) this.sender.handshakeSent();
    else super.resendHandshake();
  }

  private challengeFromSyncache(): void {
    const { transmitter, receiver, sender } = this;
    this.stamp();
    const seq = seqAdd(sender.iss, 1);
    transmitter.send('segment', ACK, seq, receiver.rcvNxt, receiver.offered, null, 0, 0, WHY.challenge);
  }

  /** A fast open whose handshake is not complete takes nothing but its SYN again, an acknowledgement, a FIN or a reset. */
  private inFastOpen(segment: Segment): void {
    const { flags } = segment;
    if ((flags & ACK) !== 0 && (flags & RST) === 0) {
      const bad = seqAtMost(segment.ack, this.sender.sndUna) || seqBefore(this.sender.sndNxt, segment.ack);
      if (bad || (flags & SYN) !== 0) {
        this.resetFor(segment);
        return;
      }
    }
    if ((flags & (SYN | ACK | RST)) === SYN && this.sender.timer.armed) return;
    super.inSynReceived(segment);
  }

  // ---- segments -----------------------------------------------------------------------------------------------

  protected override inFinWait1(segment: Segment): void {
    super.inFinWait1(segment);
    if (this.state === State.FinWait2 && this.discards && !this.closedByUser) this.timers.waitForFin();
  }

  /** RFC 1337: resets do nothing here; RFC 6191: nor do SYNs that may not open it anew. */
  protected override inTimeWait(segment: Segment): void {
    const { receiver, sender, transmitter, rules } = this;
    const { flags } = segment;
    if ((flags & RST) !== 0 || (flags & ACK) === 0) return;
    if (transmitter.facts.timestamps && !segment.hasTimestamp && !rules.toleratesMissingTimestamps) return;
    const last = seqAdd(segment.seq, segment.sequenceLength);
    if ((flags & FIN) !== 0 && last === receiver.rcvNxt) this.timers.timeWait(this.behaviour.timewait.duration);
    const bare = (flags & 0xff) === ACK && segment.length === 0;
    if (!bare || segment.seq !== receiver.rcvNxt || segment.ack !== sender.sndNxt) this.respond(WHY.ackTimeWait);
  }

  protected override resetByPeer(): void {
    this.fastOpening.reset = true;
    const refused = this.state === State.SynReceived;
    this.finish(this.failure(refused && !this.passive ? 'ECONNREFUSED' : 'ECONNRESET'));
  }

  override networkError(error: NetworkError): void {
    const again = this.softError !== null;
    const hard =
      error.kind === 'protocol-unreachable' || error.kind === 'port-unreachable' || error.kind === 'prohibited';
    // RFC 5927 section 5.2 goes further than RFC 1122: before the handshake is complete they may count for nothing, too.
    if (hard && !this.rules.icmpMayReset && this.state === State.SynSent) this.softError = error;
    else super.networkError(error);
    const patient = synchronized(this.state) || this.sender.timer.backoffs <= PATIENT_TIMEOUTS;
    if (!again || patient || this.state === State.Closed) return;
    if (error.kind !== 'fragmentation-needed') this.finish(this.failure('EHOSTUNREACH'));
  }

  // ---- retransmission -----------------------------------------------------------------------------------------

  override timedOut(times: number): boolean {
    const doubled = super.timedOut(times);
    if (this.rules.blackHole && synchronized(this.state)) this.tryThroughBlackHole(times + 1);
    return doubled;
  }

  /** Two timeouts for each size: the one that was agreed, the one that passes tunnels, the least; then it was no black hole. */
  private tryThroughBlackHole(times: number): void {
    const { sender, rules, transmitter } = this;
    const four = this.id.remoteAddress.version === 4;
    const size = four ? rules.blackHoleSize : rules.blackHoleSize6;
    const least = four ? rules.defaultSegment : rules.defaultSegment6;
    const agreed = this.maxSegment - transmitter.usualOptions;
    if (times >= 6) sender.mss = agreed;
    else if (times === 2 || times === 4) {
      const smaller = sender.mss + transmitter.usualOptions > size ? size : least;
      sender.shrink(Math.min(agreed, smaller - transmitter.usualOptions));
      sender.congestion.begin(sender.mss, this.now);
    }
  }

  // ---- the application ----------------------------------------------------------------------------------------

  /** In SYN-SENT and SYN-RECEIVED it is remembered: the FIN follows the handshake. */
  override shutdown(): void {
    if (this.state === State.SynSent) this.sender.finished = true;
    else super.shutdown();
  }

  /** shutdown(2) with SHUT_RD: what came and what comes is thrown away. */
  stopReading(): void {
    this.discards = true;
    this.touch();
  }

  override turnEnd(): void {
    if (this.discards && this.receiver.readable > 0) this.receiver.consumed(this.receiver.readable);
    super.turnEnd();
  }

  /** What was not read is thrown away without a word; what is not established goes without one, too. */
  protected override leave(): void {
    const openingFast = this.fastOpening.pending || this.fastOpening.offer !== null;
    if (!synchronized(this.state) && !openingFast) {
      this.finish(null);
      return;
    }
    this.receiver.consumed(this.receiver.readable);
    super.leave();
  }
}
