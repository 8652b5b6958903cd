import type { Segment } from '../segment/segment.js';
import { seqAdd, seqBefore, seqDistance } from '../sequence.js';
import type { TcpBehaviour } from '../tokens.js';
import type { AckFacts } from './ack.js';
import type { ReceiveTuning } from './receive-tuning.js';
import { noWindowFacts, type WindowArrival, type WindowFacts } from './window.js';

/** Bytes that timestamps take of each segment (RFC 7323, appendix A). */
const TIMESTAMPS = 12;

// One for all connections: filled anew for each use.
const windowFacts = noWindowFacts();
const windowArrival: WindowArrival = { length: 0, options: 0, ahead: false, sack: false };

/** The window of the receiving half: how much there is room for, and what of it the peer was told. */
export abstract class ReceiveWindow {
  rcvNxt = 0;
  /** Shift of the windows we advertise. */
  windowShift = 0;
  /** Bytes in order that the application has not taken. */
  readable = 0;
  /** The right edge that the peer was told: RCV.NXT + RCV.WND. */
  protected edge = 0;
  /** What the SYN offered, and the window that the peer was told last. */
  offered = 0;
  told = 0;
  /** Payload of the largest segment that this end has asked for, less the options of each; whether the peer takes SACK. */
  ownSegment = 1460;
  sack = false;
  /** The largest window to tell, in bytes. */
  clamp = Number.POSITIVE_INFINITY;
  /** How the buffer grows; null where it stays as it is. */
  tuning: ReceiveTuning | null = null;
  readonly ackFacts: AckFacts = {
    unacknowledged: 0,
    segments: 0,
    segmentSize: 536,
    disordered: false,
    pushed: false,
    received: 0,
    now: 0,
    sentAt: 0,
    drained: false,
    narrows: false,
    srtt: 0,
  };

  constructor(
    protected readonly behaviour: TcpBehaviour,
    /** Bytes that may wait for the application. */
    public limit: number,
  ) {}

  /** Whether the buffer may still grow. */
  get tunes(): boolean {
    return this.tuning !== null && this.limit < this.tuning.max;
  }

  /** How far the window may open by now, in bytes. */
  get opens(): number {
    return this.behaviour.window.opening || Math.min(this.limit, this.clamp);
  }

  /** What the peer's full segments are taken for, in bytes. */
  get segmentSize(): number {
    return this.behaviour.ack.segmentSize ?? this.ackFacts.segmentSize;
  }

  /** At the end of a turn: the buffer grows with what the application takes in a round trip. */
  tune(now: number, srtt: number): void {
    const { tuning, ownSegment, ackFacts } = this;
    if (tuning !== null) this.limit = tuning.limit(this.limit, now, srtt, ackFacts.segmentSize, ownSegment);
  }

  /** Bytes from RCV.NXT to the right edge that the peer was told. */
  get advertised(): number {
    return Math.max(0, seqDistance(this.rcvNxt, this.edge));
  }

  /** Whether what there is room for is taken, though the peer was not told. */
  takesUntold = false;

  /** Bytes from RCV.NXT on that are taken. */
  get reach(): number {
    return this.takesUntold ? Math.max(this.advertised, this.limit - this.readable) : this.advertised;
  }

  /** The window that would be told now, in bytes. */
  window(): number {
    const facts = this.windowFacts();
    // The right edge never moves back, and lies no farther than the field can say.
    const { window } = this.behaviour;
    const open = window.kept === undefined ? Math.min(window.window(facts), this.clamp) : window.window(facts);
    return Math.min(Math.max(open, facts.advertised), 0xffff << this.windowShift);
  }

  protected windowFacts(): WindowFacts {
    windowFacts.limit = this.limit;
    windowFacts.buffered = this.readable;
    windowFacts.advertised = this.advertised;
    windowFacts.segmentSize = this.segmentSize;
    windowFacts.ownSegment = this.ownSegment;
    windowFacts.told = this.told;
    windowFacts.clamp = this.clamp;
    windowFacts.shift = this.windowShift;
    return windowFacts;
  }

  /** The window field of a segment that is sent now; what it says is promised from here on. */
  tell(): number {
    // Rounded up: rounding down would move the right edge back by what the shift cuts off. What that gives away adds up
    // with each of many small segments; beyond a 16th of the buffer the edge is taken back (RFC 7323 section 2.4).
    const window = this.window();
    let field = Math.min((window + (1 << this.windowShift) - 1) >> this.windowShift, 0xffff);
    const beyond = (field << this.windowShift) + this.readable > this.limit + this.limit / 16;
    const { rounding } = this.behaviour.window;
    if (rounding === 'down' || (beyond && rounding !== 'up')) field = window >> this.windowShift;
    this.promise(field << this.windowShift);
    return field;
  }

  /** As `tell`, for SYN and SYN-ACK, whose window is never scaled (RFC 7323 section 2.2). */
  tellInitial(): number {
    const { limit, ownSegment, clamp } = this;
    const { window } = this.behaviour;
    const field = Math.min(window.initial(limit, ownSegment, clamp), clamp);
    this.offered = Math.min(window.taken?.(limit, ownSegment, clamp) ?? field, clamp);
    this.promise(this.offered);
    return field;
  }

  /** The window that would be told is less than what was told last. */
  protected get narrows(): boolean {
    const { window } = this.behaviour;
    if (window.kept === undefined || this.ackFacts.unacknowledged <= this.segmentSize) return false;
    return window.window(this.windowFacts()) < this.told;
  }

  /** A policy of windows may count what keeps the bytes. */
  protected keep(segment: Segment, ahead: boolean): void {
    const { window, ack } = this.behaviour;
    if (window.kept === undefined) return;
    windowArrival.length = segment.length;
    windowArrival.options = segment.hasTimestamp ? TIMESTAMPS : 0;
    windowArrival.ahead = ahead;
    windowArrival.sack = this.sack;
    if (window.kept(this.windowFacts(), windowArrival)) ack.opened?.();
  }

  /** Whether the peer should be told of a larger window now: what it may send has grown by two segments or half the buffer. */
  worthTelling(): boolean {
    // Before its first data the peer does not wait for a window that was open from the start: the scaled one goes along.
    if (this.ackFacts.received === 0 && this.advertised > 0) return false;
    const { window: policy } = this.behaviour;
    if (policy.worthTelling !== undefined) {
      const window = this.window();
      return policy.worthTelling(this.windowFacts(), window, this.windowShift);
    }
    const growth = this.window() - this.advertised;
    return growth >= Math.min(2 * this.ackFacts.segmentSize, this.limit / 2) && growth >= this.advertised;
  }

  /** The right edge never moves back (RFC 9293 section 3.8.6: a window must not shrink). */
  protected promise(window: number): void {
    const edge = seqAdd(this.rcvNxt, window);
    if (seqBefore(this.edge, edge)) this.edge = edge;
    this.told = this.advertised;
  }
}
