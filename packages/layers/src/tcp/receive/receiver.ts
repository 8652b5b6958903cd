import type { Segment } from '../segment/segment.js';
import { type BlockPool, ByteQueue } from '../send/byte-queue.js';
import { seqAdd, seqAtMost, seqBefore, seqDistance, seqMax, seqMin } from '../sequence.js';
import type { TcpBehaviour } from '../tokens.js';
import type { AckFacts } from './ack.js';
import { OutOfOrder, reportFin } from './reassembly.js';
import { ReceiveWindow } from './receive-window.js';
import { Taken } from './taken.js';

/** RFC 7323 section 5.5: after 24 days a timestamp says nothing any more. */
const TIMESTAMP_VALID = 24 * 24 * 3600 * 1000;

/** The receiving half of a connection: RFC 9293 section 3.3.1's receive sequence variables, and what is done with them. */
export class Receiver extends ReceiveWindow {
  /** IRS */
  irs = 0;
  /** RCV.UP; meaningful while `urgent`. */
  rcvUp = 0;
  urgent = false;
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
  /** The peer's FIN has come, and everything before it. */
  finished = false;
  readonly outOfOrder = new OutOfOrder();
  /** Segments with text, those of them beyond a hole, and when the last one came, in ms. */
  dataSegments = 0;
  disorderedSegments = 0;
  dataAt = 0;
  readonly queue: ByteQueue;

  /** RFC 2883: what came once more, to be reported by the next acknowledgement. */
  private duplicateStart = 0;
  private duplicateEnd = 0;
  /** Where the FIN stands, once it has come beyond a hole. */
  private finAt = 0;
  private finSeen = false;
  private arriving: Segment | null = null;
  /** Bound once: no closure is made for a segment. */
  private readonly store = (from: number, to: number): void => {
    const segment = this.arriving as Segment;
    const offset = this.readable + seqDistance(this.rcvNxt, from);
    const at = segment.payloadAt + seqDistance(segment.seq, from);
    this.queue.put(offset, (segment.packet as NonNullable<Segment['packet']>).bytes, at, seqDistance(from, to));
  };

  constructor(behaviour: TcpBehaviour, blocks: BlockPool, limit: number) {
    super(behaviour, limit);
    this.queue = new ByteQueue(blocks);
  }

  /** Text has come; `rtt` is what the timestamp beside it tells of the round trip, in ms, -1 for nothing. */
  heard(now: number, rtt: number): void {
    this.dataAt = now;
    if (rtt >= 0) this.tuning?.measured(rtt);
  }

  /** The peer's SYN has come. */
  startAt(irs: number): void {
    this.irs = irs;
    this.rcvNxt = this.lastAckSent = this.rcvUp = seqAdd(irs, 1);
    // What an active open has offered in its SYN holds for data with the answer.
    this.edge = seqAdd(this.rcvNxt, this.offered);
  }

  /** Whether blocks report a FIN, too. */
  reportsFin = false;

  /** What the acknowledgement policy is to know at the end of a turn. */
  factsAt(now: number, sentAt: number, srtt: number): AckFacts {
    this.ackFacts.now = now;
    this.ackFacts.sentAt = sentAt;
    this.ackFacts.srtt = srtt;
    this.ackFacts.narrows = this.narrows;
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
      const end = seqAdd(this.rcvNxt, length);
      const next = hole ? this.outOfOrder.advance(this.rcvNxt) : end;
      this.keep(segment, false);
      if (next !== end) this.behaviour.window.joined?.(seqDistance(end, next));
      this.progress(next);
    }
    if (this.finSeen && this.finAt === this.rcvNxt && !this.finished) {
      this.finished = true;
      this.rcvNxt = seqAdd(this.rcvNxt, 1);
      this.ackFacts.unacknowledged++;
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
    this.keep(segment, true);
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
    this.behaviour.window.freed?.(bytes);
    this.queue.drop(bytes);
    if (this.readable === 0 && this.outOfOrder.empty) this.queue.clear();
  }

  /** Lets go of everything. */
  close(): void {
    this.queue.clear();
    this.outOfOrder.clear();
    this.readable = 0;
  }
}
