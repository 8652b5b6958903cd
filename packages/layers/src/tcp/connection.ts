import type { HookPoint, NetwrightError, Reason, Scope, TurnTask } from '@netwright/core';
import { applySettings, offeredScale, synRetryLimit } from './buffers.js';
import { Delivery } from './delivery.js';
import { CongestionNotification } from './ecn/notification.js';
import type { TcpHandler, TcpTrouble } from './handler.js';
import { ACK, FIN, SYN } from './header.js';
import { FastOpening } from './open/fast-opening.js';
import type { ConnectionId } from './open/isn.js';
import { WHY } from './reasons.js';
import { Receiver } from './receive/receiver.js';
import { Sender } from './send/sender.js';
import type { SendingSession } from './send/sending.js';
import { ANY_OCTET, Transmitter } from './send/transmitter.js';
import { seqAdd, seqDistance } from './sequence.js';
import type { TcpSession } from './session.js';
import { SessionTimers } from './session-timers.js';
import { mayReceive, State, synchronized } from './state.js';
import type { SessionSurroundings } from './surroundings.js';
import type { TcpBehaviour } from './tokens.js';

/**
 * What a session is made of: the two halves of the sequence space, the writer of segments, the timers; and what it
 * does at the end of a turn: hand data over, send, acknowledge.
 */
export abstract class TcpConnection implements TurnTask, SendingSession {
  state: State = State.Closed;
  sender!: Sender;
  receiver!: Receiver;
  transmitter!: Transmitter;
  handler!: TcpHandler;
  /** Whether it was opened by a SYN of the peer. */
  passive = false;
  /** Its hash in the connection table. */
  hash = 0;
  /** When a segment last came, and an acknowledgement, in ms. */
  heardAt = 0;
  ackHeardAt = 0;
  /** When data could flow first, in ms. */
  openedAt = 0;
  /** Segments that have come since the handshake began, the SYN of a passive open apart. */
  segmentsReceived = 0;
  readonly ecn: CongestionNotification;
  readonly fastOpening = new FastOpening();
  /** Sees what arrives for it; null where nobody hooks in. */
  incoming: HookPoint | null = null;
  protected surroundings!: SessionSurroundings;
  protected timers!: SessionTimers;
  /** Hands over what has arrived. */
  protected delivery!: Delivery;
  protected closedByUser = false;
  /** Why the next acknowledgement is due; null when none is. */
  protected ackWhy: Reason | null = null;
  private ackAtOnce = false;
  private ackWaits = false;
  private deferred = false;
  private expired = false;

  constructor(readonly behaviour: TcpBehaviour) {
    this.ecn = new CongestionNotification(behaviour.ecn);
  }

  /** Called by the layer, once, before anything else. */
  attach(surroundings: SessionSurroundings): void {
    const { host, blocks, settings, id, path, scope } = surroundings;
    const { behaviour } = this;
    this.surroundings = surroundings;
    this.handler = surroundings.handler;
    this.sender = new Sender(this, behaviour, blocks, (action) => host.timer(action));
    this.receiver = new Receiver(behaviour, blocks, settings.receiveBuffer);
    this.transmitter = new Transmitter(host, id, path, behaviour.options, scope);
    applySettings(settings, this.sender, this.receiver, this.transmitter);
    this.timers = new SessionTimers(this, host, settings);
    this.delivery = new Delivery(this.self, host);
    this.transmitter.stampOffset = host.random.uint32() | 0;
    this.heardAt = host.turn.now;
    const { facts } = this.transmitter;
    this.transmitter.authenticator = behaviour.authentication.authenticator(id);
    facts.mss = this.receiver.ownSegment = settings.mss || path.mtu - path.headerSize - 20;
    facts.timestamps = settings.timestamps && this.transmitter.authenticator?.withoutTimestamps !== true;
    facts.sackPermitted = settings.sack;
    facts.windowScale = offeredScale(settings, behaviour.window);
  }

  protected get self(): TcpSession {
    return this as unknown as TcpSession;
  }

  get id(): ConnectionId {
    return this.surroundings.id;
  }

  get remote(): string {
    return `${this.id.remoteAddress} port ${this.id.remotePort}`;
  }

  get scope(): Scope {
    return this.surroundings.scope;
  }

  /** The time of this turn, in ms. */
  get now(): number {
    return this.surroundings.host.turn.now;
  }

  get timestamp(): number | null {
    return this.transmitter.facts.timestamps ? this.transmitter.stamp : null;
  }

  get probesWithData(): boolean {
    return this.surroundings.settings.windowProbeData;
  }

  get userTimeout(): number {
    return this.timers.userTimeout;
  }

  get retryLimit(): number {
    const { settings } = this.surroundings;
    if (this.state === State.SynSent) return synRetryLimit(settings.synRetries, settings.synLinear);
    if (this.fastOpening.pending) return settings.synAckRetries + 1;
    return this.state === State.SynReceived ? this.surroundings.answers(this.self) : settings.retries;
  }

  /** Whether data may flow: both ends are in step, or the SYN has opened it fast (RFC 7413). */
  get dataFlows(): boolean {
    return synchronized(this.state) || this.fastOpening.pending;
  }

  get room(): number {
    const { facts, telling } = this.transmitter;
    // Options count against the peer's MSS as against the path's MTU (RFC 9293 section 3.7.1).
    const room = Math.min(this.transmitter.room, this.sender.mss) - this.ecn.optionSize - telling;
    return facts.sackBlocks > 0 ? room - 4 - 8 * facts.sackBlocks : room;
  }

  get superRoom(): number {
    const { path } = this.transmitter;
    return path.segmentation === 0 || this.transmitter.authenticator !== null
      ? 0
      : path.segmentation - path.headerSize - 60;
  }

  // What a session does in its own way.
  abstract resendHandshake(): void;
  protected abstract sendAck(why: Reason): void;
  protected abstract sendReset(why: Reason): void;
  protected abstract sendData(
    flags: number,
    seq: number,
    offset: number,
    length: number,
    why: Reason,
    fresh: boolean,
  ): void;
  protected abstract sendFin(
    flags: number,
    seq: number,
    offset: number,
    length: number,
    why: Reason,
    fresh: boolean,
  ): void;
  abstract giveUp(reset?: boolean): void;
  abstract timedOut(times: number): boolean;
  abstract report(trouble: TcpTrouble): void;
  abstract abort(): void;

  /** What the sending half has decided to send, on its way to the step that sends it. */
  emit(flags: number, seq: number, offset: number, length: number, why: Reason, fresh: boolean): void {
    if (length === 0 && (flags & FIN) === 0) this.transmit(flags, seq, 0, 0, why, false);
    else if ((flags & FIN) !== 0) this.sendFin(flags, seq, offset, length, why, fresh);
    else this.sendData(flags, seq, offset, length, why, fresh);
  }

  /** Sends a segment of a synchronized connection; it acknowledges what has come. */
  protected transmit(flags: number, seq: number, offset: number, length: number, why: Reason, fresh: boolean): void {
    const { transmitter, receiver, sender } = this;
    transmitter.facts.tsVal = transmitter.stamp;
    transmitter.facts.tsEcr = receiver.tsRecent;
    const data = fresh && length > 0;
    // RFC 9768 section 3.2.3.2.2: the option may be what the first segment with data was dropped for.
    if (!fresh && length > 0 && seq === seqAdd(sender.iss, 1)) this.ecn.withhold(transmitter.facts);
    flags |= this.ecn.flags(data, flags === ACK && length === 0 && transmitter.facts.sackBlocks === 0);
    // Farther than the field can say, the pointer says as far as it can: there is more to come.
    const urgent = Math.min(seqDistance(seq, sender.sndUp), 0xffff);
    const segmentSize = length > sender.mss && this.superRoom > 0 ? sender.mss : 0;
    transmitter.send(
      'segment',
      flags,
      seq,
      receiver.rcvNxt,
      receiver.tell(),
      why === WHY.keepAlive ? ANY_OCTET : sender.queue,
      offset,
      length,
      why,
      this.ecn.codepoint(data),
      urgent,
      segmentSize,
    );
    this.behaviour.ack.sent?.(data, this.ackWhy !== null, this.now);
    if (this.ecn.agreed) this.ecn.told(this.now, transmitter.facts.sackBlocks > 0 ? receiver.duplicateAt : null);
    receiver.acknowledged();
    // A duplicate is reported once (RFC 2883 section 4).
    if (transmitter.facts.sackBlocks > 0 || this.ecn.accurate) this.refreshSack();
    this.ackWhy = null;
    this.ackAtOnce = this.ackWaits = false;
  }

  /** Sends a SYN or SYN-ACK, with `length` bytes of the queue. */
  protected transmitSyn(flags: number, why: Reason, length = 0): void {
    const { transmitter, receiver, sender } = this;
    transmitter.facts.tsVal = transmitter.stamp;
    transmitter.facts.tsEcr = receiver.tsRecent;
    transmitter.facts.sackBlocks = 0;
    if ((flags & ACK) !== 0) this.ecn.planAnswer(transmitter.facts, sender.handshakes);
    const ack = (flags & ACK) === 0 ? 0 : receiver.rcvNxt;
    transmitter.send(
      (flags & ACK) === 0 ? 'syn' : 'synack',
      flags | SYN,
      sender.iss,
      ack,
      receiver.tellInitial(),
      sender.queue,
      0,
      length,
      why,
    );
  }

  /** What the next segments report as received out of order. It takes room, so it is settled before payload is cut. */
  private refreshSack(): void {
    const { facts, usualOptions } = this.transmitter;
    facts.sackBlocks = 0;
    if (facts.sackPermitted) {
      // As many as options have room for: three beside timestamps, else four; and so that some payload fits beside them.
      const fit = Math.min(36 - usualOptions, this.room - 12) >> 3;
      facts.sackBlocks = Math.max(0, Math.min(this.receiver.report(facts.sack), fit));
    }
    if (this.ecn.accurate) this.ecn.plan(facts, usualOptions, this.now, this.behaviour.rtt.srtt);
  }

  // ---- acknowledging ------------------------------------------------------------------------------------------

  /** Acknowledges at the end of the turn, for sure. */
  protected acknowledgeSoon(why: Reason): void {
    this.ackWhy = why;
    this.ackAtOnce = true;
  }

  /** Acknowledges now: for segments that are not acceptable, each of which gets its answer. */
  protected acknowledgeNow(why: Reason): void {
    this.refreshSack();
    this.sendAck(why);
  }

  /** A delayed acknowledgement has waited long enough; `timer` says so, not the application. */
  acknowledgeLate(timer = false): void {
    if (timer && this.ackWhy !== null) this.behaviour.ack.late?.(this.behaviour.rtt.rto);
    if (this.ackWhy !== null) this.sendAck(WHY.ackDelayed);
  }

  // ---- the end of a turn --------------------------------------------------------------------------------------

  /** Sees to it that `turnEnd` is called when this turn ends; outside a turn, that is at once. */
  touch(): void {
    if (this.deferred) return;
    this.deferred = true;
    const { turn } = this.surroundings.host;
    turn.enter();
    turn.defer(this);
    turn.leave();
  }

  turnEnd(): void {
    this.deferred = false;
    if (!this.dataFlows) return;
    if (this.receiver.readable > 0 || this.receiver.finished) this.delivery.run();
    if (this.sender.buffer.wanted) this.offerRoom();
    this.finishWhenRead();
    if (this.state === State.Closed) return;
    if (this.receiver.tunes) this.receiver.tune(this.now, this.behaviour.rtt.srtt);
    this.refreshSack();
    this.sender.output();
    if (this.ackWhy !== null) this.decideAcknowledgement();
    else if (mayReceive(this.state) && this.receiver.worthTelling()) this.sendAck(WHY.windowUpdate);
  }

  private decideAcknowledgement(): void {
    const why = this.ackWhy as Reason;
    const { receiver } = this;
    // What a mark hurries the policy has to know of nevertheless.
    const asks = !this.ackAtOnce || why === WHY.ackMarked;
    const { ack, rtt } = this.behaviour;
    const delay = asks ? ack.delay(receiver.factsAt(this.now, this.sender.lastSentAt, rtt.srtt)) : 0;
    const wait = this.ackAtOnce ? 0 : delay;
    // A peer whose window is all but used up waits for this one: it has nothing to send before (RFC 9293 section 3.8.6.2.2).
    if (wait <= 0 || receiver.worthTelling()) this.sendAck(why === WHY.ackDelayed ? WHY.ack : why);
    else {
      this.timers.delayAcknowledgement(wait, !this.ackWaits);
      this.ackWaits = true;
    }
  }

  /** `write` took less than it was given: tell when half of the buffer is free. */
  protected waitForRoom(): void {
    this.sender.buffer.wanted = true;
  }

  private offerRoom(): void {
    const { buffer } = this.sender;
    buffer.expand();
    if (!buffer.isFree(0.5)) return;
    buffer.wanted = false;
    this.tell(() => this.handler.writable?.(this.self));
  }

  /** Calls back into the program: what it throws is its own, not the stack's. */
  protected tell(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.surroundings.host.fault(error);
    }
  }

  // ---- the end of the connection ------------------------------------------------------------------------------

  /** The state changes. */
  protected enter(state: State): void {
    this.state = state;
  }

  /** Waits 2 MSL; data that is still queued was acknowledged, data that was not read still can be. */
  protected enterTimeWait(): void {
    this.enter(State.TimeWait);
    this.sender.close();
    this.timers.timeWait(this.behaviour.timewait.duration);
    this.surroundings.ended(this.self);
  }

  /** It is over: everything is let go, and the application is told once. */
  protected finish(error: NetwrightError | null): void {
    if (this.state === State.Closed) return;
    if (this.state !== State.TimeWait) this.surroundings.ended(this.self);
    // What came in order before an orderly end is still handed over.
    if (error === null && !this.closedByUser && (this.receiver.readable > 0 || this.receiver.finished))
      this.delivery.run();
    this.enter(State.Closed);
    this.sender.close();
    if (this.closedByUser || this.handler.readsAfterReset !== true) this.receiver.close();
    this.timers.stop();
    this.incoming?.clear();
    this.transmitter.outgoing?.clear();
    this.surroundings.removed(this.self);
    this.tell(() => this.handler.closed?.(this.self, error));
  }

  /** Nothing more will come or go; what the application has not taken yet is kept for it. */
  protected finishWhenRead(): void {
    if (!this.expired && (this.state !== State.LastAck || !this.sender.finAcknowledged)) return;
    if (this.closedByUser || this.receiver.readable === 0) this.finish(null);
  }

  /** TIME-WAIT has passed, or something cuts it short. */
  expireTimeWait(): void {
    this.expired = true;
    if (this.receiver.readable > 0 && !this.closedByUser && this.state !== State.TimeWait) this.enterTimeWait();
    this.timers.stop();
    if (!this.closedByUser) this.delivery.run();
    this.finishWhenRead();
  }
}
