import type { Reason } from '@netwright/core';
import type { CongestionControl } from '../congestion/congestion.js';
import { DeliveryRate } from '../congestion/delivery-rate.js';
import { boundedRate, PACED_AFTER } from '../congestion/pacing.js';
import { SendLimits } from '../info/send-limits.js';
import { WHY } from '../reasons.js';
import type { RetransmissionTimer } from '../recovery/retransmission.js';
import type { RttEstimator } from '../recovery/rtt.js';
import { seqAdd, seqBefore, seqDistance } from '../sequence.js';
import type { TcpBehaviour } from '../tokens.js';
import type { BlockPool } from './byte-queue.js';
import { ByteQueue } from './byte-queue.js';
import { Flight } from './flight.js';
import type { PathProbe } from './path-probe.js';
import { Records } from './records.js';
import { SendBuffer } from './send-buffer.js';
import type { Sending, SendingSession } from './sending.js';
import type { WindowValidation } from './window-validation.js';

/** The variables of the send sequence space (RFC 9293 section 3.3.1), and what follows from them alone. */
export abstract class SendVariables implements Sending {
  /** ISS */
  iss = 0;
  sndUna = 0;
  sndNxt = 0;
  /** The peer's window in bytes, and the segments that told it. */
  sndWnd = 0;
  sndWl1 = 0;
  sndWl2 = 0;
  /** SND.UP: the octet after urgent data. */
  sndUp = 0;
  /** Shift of the peer's windows. */
  windowShift = 0;
  /** The largest window it has offered, in bytes. */
  maxWindow = 0;
  /** Payload bytes of one segment, less the usual options. */
  mss = 536;
  noDelay = false;
  corked = false;
  /** The application said of what it wrote last that more comes (MSG_MORE): its end pushes nothing. */
  moreComes = false;
  /** The application has finished; a FIN follows the last byte. */
  finished = false;
  finSent = false;
  /** The SYN is acknowledged; until then it alone is in flight. */
  opened = false;
  /** How often the SYN or SYN-ACK was sent. */
  handshakes = 0;
  readonly flight = new Flight();
  readonly queue: ByteQueue;
  readonly rate = new DeliveryRate();
  /** Bytes in the queue: unacknowledged and unsent. */
  queued = 0;
  abstract readonly timer: RetransmissionTimer;
  /** Payload of the largest segment that is known to have arrived, in bytes. */
  largestArrived = 0;
  /** What was too large for the path goes again one segment at first (RFC 1191 section 6.4). */
  shrinksSlowly = false;
  /** It does now, until something new is acknowledged; and that one has left. */
  oneAtATime = false;
  protected oneSent = false;
  /** Bytes acknowledged, and segments sent again, since the connection began. */
  acknowledgedBytes = 0;
  retransmissions = 0;
  sentBytes = 0;
  /** Bytes of them that were sent again, and duplicates that the peer has reported (RFC 2883). */
  resentBytes = 0;
  duplicatesReported = 0;
  /** What holds sending back. */
  readonly limits = new SendLimits();
  /** What the application may queue. */
  readonly buffer = new SendBuffer(this);
  /** The most that is sent, in bytes a ms; 0 for no limit. */
  maxPacingRate = 0;
  readonly records = new Records();
  /** Packets that are known to have arrived, the SYN among them, and bytes of their payload. */
  arrivedPackets = 0;
  arrivedBytes = 0;
  /** The peer acknowledges selectively. */
  sack = false;

  /** Where the last segment smaller than the MSS ends. */
  protected smallEnd = 0;
  /** Sequence number of the first byte in the queue. */
  protected queueSeq = 0;
  /** When data was sent last, in ms; 0 before. */
  lastSentAt = 0;
  /** Tries larger segments; null where nobody asks for it. */
  protected pathProbe: PathProbe | null = null;
  /** Why what is marked as lost is sent again, outside of a recovery. */
  lostFor: Reason = WHY.retransmitTimeout;

  constructor(
    protected readonly session: SendingSession,
    protected readonly behaviour: TcpBehaviour,
    blocks: BlockPool,
  ) {
    this.queue = new ByteQueue(blocks);
  }

  abstract probe(): boolean;

  get rtoAt(): number {
    return this.timer.rtoAt;
  }

  get now(): number {
    return this.session.now;
  }

  get timestamp(): number | null {
    return this.session.timestamp;
  }

  get rtt(): RttEstimator {
    return this.behaviour.rtt;
  }

  get congestion(): CongestionControl {
    return this.behaviour.congestion;
  }

  protected get validation(): WindowValidation {
    return this.behaviour.validation;
  }

  get recovering(): boolean {
    return this.behaviour.recovery.recovering;
  }

  reduce(flight: number, marked = false): void {
    this.congestion.lost(flight, this.mss, this.session.now, marked);
    this.validation.lost?.(this, marked);
  }

  repaired(): void {
    this.congestion.recovered(this.mss, this.session.now);
    this.validation.recovered?.(this);
  }

  get unsent(): number {
    return this.finSent ? 0 : this.queued - seqDistance(this.queueSeq, this.sndNxt);
  }

  get hasNewData(): boolean {
    return this.unsent > 0 && this.offered > 0;
  }

  get offered(): number {
    return seqDistance(this.sndNxt, seqAdd(this.sndUna, this.sndWnd));
  }

  get finWaits(): boolean {
    return this.finished && !this.finSent;
  }

  /** Takes bytes to send; the caller has checked the limit. */
  enqueue(bytes: Uint8Array, at: number, length: number): void {
    this.queue.put(this.queued, bytes, at, length);
    this.queued += length;
  }

  /** Bytes a ms to spread sending; 0 sends at once, as what a connection begins with does. */
  protected get pacingRate(): number {
    if (this.maxPacingRate === 0) return this.congestion.pacingRate || (this.validation.pacingRate?.(this) ?? 0);
    if (this.sentBytes < PACED_AFTER * this.mss) return 0;
    return boundedRate(this.congestion, this.behaviour.rtt.srtt, this.maxPacingRate);
  }

  /** Where what is queued ends. */
  get queueEnd(): number {
    return seqAdd(this.queueSeq, this.queued);
  }

  /** What is queued so far is urgent (RFC 9293 section 3.8.5). */
  markUrgent(): void {
    this.sndUp = this.queueEnd;
  }

  /** Whether everything, with the FIN, has been acknowledged. */
  get finAcknowledged(): boolean {
    return this.finSent && this.sndUna === this.sndNxt;
  }

  /**
   * The oldest in flight lies beyond the window, which the peer has shrunk: the connection stays while the peer answers
   * (RFC 9293 section 3.8.6, SHLD-17).
   */
  get beyondWindow(): boolean {
    const { first } = this.flight;
    return this.opened && first !== undefined && seqBefore(seqAdd(this.sndUna, this.sndWnd), first.end);
  }
}
