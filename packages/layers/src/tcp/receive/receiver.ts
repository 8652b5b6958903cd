import type { Segment } from '../segment/segment.js';
import { type BlockPool, ByteQueue } from '../send/byte-queue.js';
import { seqAdd, seqAtMost, seqBefore, seqDistance, seqMax, seqMin } from '../sequence.js';
import type { TcpBehaviour } from '../tokens.js';
import type { AckFacts } from './ack.js';
import { OutOfOrder, reportFin } from './reassembly.js';
import type { ReceiveTuning } from './receive-tuning.js';
import { Taken } from './taken.js';
import { noWindowFacts, type WindowFacts } from './window.js';

/** RFC 7323 section 5.5: after 24 days a timestamp says nothing any more. */
const TIMESTAMP_VALID = 24 * 24 * 3600 * 1000;

// One for all connections: filled anew for each use.
const windowFacts = noWindowFacts();

/** The receiving half of a connection: RFC 9293 section 3.3.1's receive sequence variables, and what is done with them. */
export class Receiver {
  /** IRS */
  irs = 0;
  rcvNxt = 0;
  /** RCV.UP; meaningful while `urgent`. */
  rcvUp = 0;
  urgent = false;
  /** Shift of the windows we advertise. */
  windowShift = 0;
  /** Last.ACK.sent of RFC 7323 section 4.3. */
  lastAckSent = 0;
  tsRecent = 0;
  /** The user timeout that the peer asked for last, in ms; 0 for none (RFC 5482). */
  peerUserTimeout = 0;
  /** IP options of the last segment that had some, with our address and time where they ask for it; and its traffic class. */
  headerOptions: Uint8Array | undefined;
  trafficClass = 0;
  /** What was pushed has come in order, and the program was not told yet. */
  pushed = false;
  private tsRecentAt = Number.NEGATIVE_INFINITY;
  /** Bytes in order that the application has not taken. */
  readable = 0;
  /** The peer's FIN has come, and everything before it. */
  finished = false;
  readonly outOfOrder = new OutOfOrder();
  /** Segments with text, those of them beyond a hole, and when the last one came, in ms. */
  dataSegments = 0;
  disorderedSegments = 0;
  dataAt = 0;
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
    srtt: 0,
  };
  readonly queue: ByteQueue;

  /** The right edge that the peer was told: RCV.NXT + RCV.WND. */
  private edge = 0;
  /** What the SYN offered. */
  offered = 0;
  /** RFC 2883: what came once more, to be reported by the next acknowledgement. */
  private duplicateStart = 0;
  private duplicateEnd = 0;
  /** Where the FIN stands, once it has come beyond a hole. */
  private finAt = 0;
  private finSeen = false;
  /** The largest window to tell, in bytes. */
  clamp = Number.POSITIVE_INFINITY;
  /** How the buffer grows; null where it stays as it is. */
  tuning: ReceiveTuning | null = null;
  /** Payload of the largest segment that this end has asked for. */
  ownSegment = 1460;
  private arriving: Segment | null = null;
  /** Bound once: no closure is made for a segment. */
  private readonly store = (from: number, to: number): void => {
    const segment = this.arriving as Segment;
    const offset = this.readable + seqDistance(this.rcvNxt, from);
    const at = segment.payloadAt + seqDistance(segment.seq, from);
    this.queue.put(offset, (segment.packet as NonNullable<Segment['packet']>).bytes, at, seqDistance(from, to));
  };

  constructor(
    private readonly behaviour: TcpBehaviour,
    blocks: BlockPool,
    /** Bytes that may wait for the application. */
    public limit: number,
  ) {
    this.queue = new ByteQueue(blocks);
  }

  /** Whether the buffer may still grow. */
  get tunes(): boolean {
    return this.tuning !== null && this.limit < this.tuning.max;
  }

  /** Text has come; `rtt` is what the timestamp beside it tells of the round trip, in ms, -1 for nothing. */
  heard(now: number, rtt: number): void {
    this.dataAt = now;
    if (rtt >= 0) this.tuning?.measured(rtt);
  }

  /** At the end of a turn: the buffer grows with what the application takes in a round trip. */
  tune(now: number, srtt: number): void {
    const { tuning, ownSegment, ackFacts } = this;
    if (tuning !== null) this.limit = tuning.limit(this.limit, now, srtt, ackFacts.segmentSize, ownSegment);
  }

  /** The peer's SYN has come. */
  startAt(irs: number): void {
    this.irs = irs;
    this.rcvNxt = this.lastAckSent = this.rcvUp = seqAdd(irs, 1);
    // What an active open has offered in its SYN holds for data with the answer.
    this.edge = seqAdd(this.rcvNxt, this.offered);
  }

  /** Bytes from RCV.NXT to the right edge that the peer was told. */
  get advertised(): number {
    return Math.max(0, seqDistance(this.rcvNxt, this.edge));
  }

  /** Whether blocks report a FIN, too. */
  reportsFin = false;
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
    const open = Math.min(this.behaviour.window.window(facts), this.clamp);
    return Math.min(Math.max(open, facts.advertised), 0xffff << this.windowShift);
  }

  /** How far the window may open, in bytes. */
  get opens(): number {
    return Math.min(this.behaviour.window.opens?.(this.windowFacts()) ?? this.limit, this.clamp);
  }

  private windowFacts(): WindowFacts {
    windowFacts.limit = this.limit;
    windowFacts.buffered = this.readable;
    windowFacts.advertised = this.advertised;
    windowFacts.segmentSize = this.ackFacts.segmentSize;
    windowFacts.ownSegment = this.ownSegment;
    windowFacts.scaled = this.windowShift > 0;
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
    const { window } = this.behaviour;
    // Half of a buffer is for bytes where the policy says so: what is clamped is like twice as large a one.
    const limit = Math.min(this.limit, 2 * this.clamp);
    const field = Math.min(window.initial(limit, this.ownSegment), this.clamp);
    this.offered = Math.min(window.taken?.(limit, this.ownSegment) ?? field, this.clamp);
    this.promise(this.offered);
    return field;
  }

  /** What the acknowledgement policy is to know at the end of a turn. */
  factsAt(now: number, sentAt: number, srtt: number): AckFacts {
    this.ackFacts.now = now;
    this.ackFacts.sentAt = sentAt;
    this.ackFacts.srtt = srtt;
    return this.ackFacts;
  }

  /** An acknowledgement of RCV.NXT was sent. */
  acknowledged(): void {
    this.duplicateStart = this.duplicateEnd;
    this.lastAckSent = this.rcvNxt;
    this.ackFacts.unacknowledged = 0;
    this.ackFacts.segments = 0;
    this.ackFacts.disordered = false;
    this.ackFacts.pushed = false;
    this.ackFacts.drained = false;
  }

  /** RFC 9293 section 3.10.7.4, first step: whether any of the segment lies in the window. */
  acceptable(segment: Segment): boolean {
    const length = segment.sequenceLength;
    const { seq } = segment;
    if (this.behaviour.window.admits !== undefined && !this.finished)
      return seqAtMost(this.lastAckSent, seqAdd(seq, length)) && seqAtMost(seq, this.edge);
    // With a closed window what stands next is taken for its ACK, RST or FIN; its text is dropped (MUST-66).
    if (this.advertised === 0) return seq === this.rcvNxt;
    if (length === 0) return seqAtMost(this.rcvNxt, seq) && seqBefore(seq, this.edge);
    const last = seqAdd(seq, length - 1);
    return (
      (seqAtMost(this.rcvNxt, seq) && seqBefore(seq, this.edge)) ||
      (seqAtMost(this.rcvNxt, last) && seqBefore(last, this.edge))
    );
  }

  /** A segment came of which [from, to) was there already (RFC 2883 section 4). */
  noteDuplicate(from: number, to: number): void {
    if (!seqBefore(from, to)) return;
    this.duplicateStart = from;
    this.duplicateEnd = to;
  }

  /** The same of the first piece of [start, end) that waits beyond a hole already (RFC 2883 section 4.2). */
  private noteOverlap(start: number, end: number): void {
    const kept = this.outOfOrder.firstWithin(start, end);
    if (kept !== undefined) this.noteDuplicate(seqMax(start, kept.start), seqMin(end, kept.end));
  }

  /** Where a duplicate began that is to be reported; null for none. */
  get duplicateAt(): number | null {
    return this.duplicateStart === this.duplicateEnd ? null : this.duplicateStart;
  }

  /** Writes the SACK blocks of an acknowledgement into `out`, a duplicate first. @returns how many. */
  report(out: Int32Array): number {
    let blocks = 0;
    if (this.duplicateStart !== this.duplicateEnd) {
      out[0] = this.duplicateStart;
      out[1] = this.duplicateEnd;
      blocks = 1;
    }
    if (!this.outOfOrder.empty) blocks = this.outOfOrder.report(out, blocks);
    return this.finSeen && !this.finished && this.reportsFin
      ? reportFin(this.finAt, out, blocks, this.duplicateAt)
      : blocks;
  }

  /** RFC 7323 section 5.3, R1: whether the segment is an old duplicate by its timestamp. */
  outdated(segment: Segment, now: number): boolean {
    return seqBefore(segment.tsVal, this.tsRecent) && now - this.tsRecentAt < TIMESTAMP_VALID;
  }

  /** RFC 7323 section 4.3: which timestamp will be echoed. */
  rememberTimestamp(segment: Segment, now: number): void {
    if (seqAtMost(segment.seq, this.lastAckSent) && !seqBefore(segment.tsVal, this.tsRecent)) {
      this.tsRecent = segment.tsVal;
      this.tsRecentAt = now;
    }
  }

  /** The first timestamp of the connection. */
  firstTimestamp(value: number, now: number): void {
    this.tsRecent = value;
    this.tsRecentAt = now;
  }

  /** RFC 9293 section 3.10.7.4, sixth step. @returns whether new urgent data is announced. */
  urge(segment: Segment): boolean {
    const pointer = seqAdd(segment.seq, segment.urgentPointer);
    if (this.urgent && seqAtMost(this.rcvUp, this.rcvNxt)) this.urgent = false;
    if (this.urgent ? !seqBefore(this.rcvUp, pointer) : !seqBefore(this.rcvNxt, pointer)) return false;
    this.rcvUp = pointer;
    this.urgent = true;
    return true;
  }

  /** RFC 9293 section 3.10.7.4, seventh step: takes the segment's text, and notes its FIN. */
  take(segment: Segment, fin: boolean): Taken {
    const finWaited = this.finSeen;
    const before = seqDistance(segment.seq, this.rcvNxt);
    const end = seqAdd(segment.seq, segment.length);
    if (before > 0) {
      this.noteDuplicate(segment.seq, seqMin(end, this.rcvNxt));
      if (before > segment.length) return this.duplicate();
      segment.trimFront(before);
    } else if (!this.outOfOrder.empty) this.noteOverlap(segment.seq, end);
    const { window } = this.behaviour;
    if (segment.length > 0 && window.admits?.(this.windowFacts()) === false) return this.duplicate();
    // What lies beyond the window is dropped, and its FIN with it; so is what claims to follow the FIN.
    const edge = window.admits === undefined ? seqAdd(this.rcvNxt, this.reach) : end;
    const excess = seqDistance(this.finSeen ? seqMin(edge, this.finAt) : edge, end);
    if (segment.length > 0 && window.arrived?.(segment.length, this.windowFacts()) === true)
      this.clamp = Number.POSITIVE_INFINITY;
    if (excess > 0) {
      segment.length -= excess;
      if (segment.length < 0) return this.duplicate();
    } else if (fin && !this.finSeen && (this.outOfOrder.empty || seqAtMost(this.outOfOrder.end, end))) {
      this.finSeen = true;
      this.finAt = end;
    }
    const size = segment.packet?.segmentSize || segment.length;
    if (segment.length > 0) this.ackFacts.segments += segment.count;
    if (segment.seq !== this.rcvNxt) this.disorderedSegments += segment.count;
    if (size > this.ackFacts.segmentSize) this.ackFacts.segmentSize = size;
    return segment.seq === this.rcvNxt ? this.takeNext(segment, finWaited) : this.takeAhead(segment);
  }

  private takeNext(segment: Segment, finWaited: boolean): Taken {
    const { length } = segment;
    // A FIN alone beyond the hole is nothing to keep, but something to have waited for.
    const hole = !this.outOfOrder.empty || finWaited;
    if (length > 0) {
      const { packet } = segment;
      if (hole) {
        // Kept bytes ahead may overlap: the policy decides about those, too.
        this.arriving = segment;
        const end = seqAdd(segment.seq, length);
        const added = this.outOfOrder.add(segment.seq, end, this.rcvNxt, this.behaviour.reassembly, this.store);
        // A full table has no place for it, and it needs none: it touches no kept range and stands next.
        if (!added) this.store(segment.seq, end);
        this.arriving = null;
        if (!added) this.progress(end);
      } else if (packet !== null) {
        this.queue.put(this.readable, packet.bytes, segment.payloadAt, length);
      }
      const next = hole ? this.outOfOrder.advance(this.rcvNxt) : seqAdd(this.rcvNxt, length);
      this.progress(next);
    }
    if (this.finSeen && this.finAt === this.rcvNxt && !this.finished) {
      this.finished = true;
      this.rcvNxt = seqAdd(this.rcvNxt, 1);
      this.outOfOrder.clear();
      return hole ? Taken.Disordered : Taken.InOrder;
    }
    if (hole) this.ackFacts.disordered = true;
    return length === 0 ? Taken.Nothing : hole ? Taken.Disordered : Taken.InOrder;
  }

  private takeAhead(segment: Segment): Taken {
    this.ackFacts.disordered = true;
    if (segment.length === 0) return Taken.Disordered;
    const end = seqAdd(segment.seq, segment.length);
    this.arriving = segment;
    this.outOfOrder.add(segment.seq, end, this.rcvNxt, this.behaviour.reassembly, this.store);
    this.arriving = null;
    return Taken.Disordered;
  }

  private progress(next: number): void {
    const bytes = seqDistance(this.rcvNxt, next);
    this.rcvNxt = next;
    this.readable += bytes;
    this.ackFacts.unacknowledged += bytes;
    this.ackFacts.received += bytes;
    if (bytes > 0) this.ackFacts.drained = false;
  }

  private duplicate(): Taken {
    this.ackFacts.disordered = true;
    return Taken.Nothing;
  }

  /** The application has taken `bytes`. */
  consumed(bytes: number): void {
    this.readable -= bytes;
    this.ackFacts.drained = this.readable === 0;
    if (this.tuning !== null) this.tuning.taken += bytes;
    this.queue.drop(bytes);
    if (this.readable === 0 && this.outOfOrder.empty) this.queue.clear();
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

  /** Lets go of everything. */
  close(): void {
    this.queue.clear();
    this.outOfOrder.clear();
    this.readable = 0;
  }

  /** The right edge never moves back (RFC 9293 section 3.8.6: a window must not shrink). */
  private promise(window: number): void {
    const edge = seqAdd(this.rcvNxt, window);
    if (seqBefore(this.edge, edge)) this.edge = edge;
  }
}
