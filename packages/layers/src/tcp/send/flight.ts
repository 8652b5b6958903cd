import { seqAtMost, seqBefore, seqDistance, seqMax } from '../sequence.js';
import { SegmentList } from './segment-list.js';
import { SendTimes } from './send-times.js';

/** One segment, or super-segment, that was sent and is not acknowledged: [seq, end). */
export class SentSegment {
  seq = 0;
  end = 0;
  /** When it was sent last, in ms. */
  sentAt = 0;
  /** How often it was sent. */
  transmissions = 0;
  /** Taken for lost, and not sent again since. */
  lost = false;
  /** Sent again since it was taken for lost. */
  retransmitted = false;
  /** Acknowledged selectively (RFC 2018). */
  sacked = false;
  /** What it counts for in the windows, in bytes: see Flight.countSegments. */
  load = 0;
  /** It ended with a push; it ends a record, which nothing is joined to. */
  pushed = false;
  endsRecord = false;
  /** Which packet of several segments it left in; 0 for none. */
  piece = 0;
  /** What the delivery rate is measured by: see DeliveryRate. */
  priorDelivered = 0;
  priorAt = 0;
  windowSentAt = 0;
  appLimited = false;
  /** @internal its neighbours in the list that it is in */
  previous: SentSegment | null = null;
  next: SentSegment | null = null;
  list: SegmentList | null = null;

  /** Bytes of sequence space. */
  get length(): number {
    return (this.end - this.seq) | 0;
  }
}

/** Is told of each segment that is known to have arrived, once, before it is forgotten or marked. */
export interface DeliveryObserver {
  delivered(segment: SentSegment): void;
}

/**
 * What is in flight: the segments between SND.UNA and SND.NXT in order, and what is believed of each. Loss detection
 * marks here, sending reads here. The objects are used again: steady sending allocates none.
 */
export class Flight {
  private readonly free: SentSegment[] = [];
  private segments: SentSegment[] = [];
  private head = 0;
  /** Those believed to be in the network, in the order of their last sending: RACK looks no further than it must. */
  readonly outstanding = new SegmentList();
  /** Those to be sent again, in the order of sequence numbers. */
  private readonly missing = new SegmentList();
  /** Ranges that are known to be marked whole: peers report the same ones again and again. */
  private readonly known = new Int32Array(8);
  private nextKnown = 0;

  /** Bytes in all segments. */
  bytes = 0;
  /** What all segments count for; those taken for lost and not sent again; those selectively acknowledged: bytes. */
  load = 0;
  lostLoad = 0;
  sackedLoad = 0;
  /** What everything counts for that was sent since the connection began, again or not. */
  sentLoad = 0;
  /** Bytes that a segment counts for however short it is; 0 where its bytes count. */
  private unit = 0;
  /** Segments taken for lost and not sent again, and segments selectively acknowledged. */
  lostCount = 0;
  sackedCount = 0;

  /** What the last acknowledgement tells cumulatively, and selectively. */
  readonly acknowledged = new SendTimes();
  readonly reported = new SendTimes();

  /** How many segments. */
  get count(): number {
    return this.segments.length - this.head;
  }

  /** RFC 6675's pipe: what is believed to be in the network, in bytes. */
  get pipe(): number {
    return this.load - this.lostLoad - this.sackedLoad;
  }

  /** From now on whole segments of so many bytes count, as Linux counts: a short one takes as much of a window as a full one. */
  countSegments(bytes: number): void {
    this.unit = bytes;
    this.load = this.lostLoad = this.sackedLoad = 0;
    for (let i = this.head; i < this.segments.length; i++) {
      const segment = this.segments[i];
      segment.load = this.loadOf(segment);
      this.load += segment.load;
      if (segment.lost) this.lostLoad += segment.load;
      if (segment.sacked) this.sackedLoad += segment.load;
    }
  }

  private loadOf({ length }: SentSegment): number {
    return this.unit === 0 ? length : Math.max(1, Math.ceil(length / this.unit)) * this.unit;
  }

  /** A larger one, which tries the path, counts as one, too. */
  countAsOne(segment: SentSegment): void {
    if (this.unit === 0) return;
    const more = segment.load - this.unit;
    segment.load -= more;
    this.load -= more;
    this.sentLoad -= more;
  }

  /** A segment has become longer or shorter. */
  private weigh(segment: SentSegment): void {
    const change = this.loadOf(segment) - segment.load;
    segment.load += change;
    this.load += change;
    if (segment.lost) this.lostLoad += change;
    if (segment.sacked) this.sackedLoad += change;
  }

  /** The `index`th segment, the oldest first. */
  at(index: number): SentSegment {
    return this.segments[this.head + index];
  }

  /** The oldest one, or undefined. */
  get first(): SentSegment | undefined {
    return this.segments[this.head];
  }

  /** The one that `seq` lies in, or undefined. */
  containing(seq: number): SentSegment | undefined {
    const segment = this.segments[this.indexOf(seq)];
    return segment !== undefined && seqAtMost(segment.seq, seq) ? segment : undefined;
  }

  /** A segment was sent for the first time. */
  sent(seq: number, end: number, now: number): SentSegment {
    const segment = this.free.pop() ?? new SentSegment();
    segment.seq = seq;
    segment.end = end;
    segment.sentAt = now;
    segment.transmissions = 1;
    segment.lost = segment.retransmitted = segment.sacked = segment.pushed = segment.endsRecord = false;
    segment.piece = 0;
    this.segments.push(segment);
    this.outstanding.push(segment);
    this.bytes += segment.length;
    segment.load = this.loadOf(segment);
    this.load += segment.load;
    this.sentLoad += segment.load;
    return segment;
  }

  /** A segment was sent again. */
  resent(segment: SentSegment, now: number): void {
    this.clearLost(segment);
    segment.list?.remove(segment);
    segment.retransmitted = true;
    segment.transmissions++;
    segment.sentAt = now;
    this.sentLoad += segment.load;
    if (!segment.sacked) this.outstanding.push(segment);
  }

  /** It is taken for lost: it no longer counts as in the network, and will be sent again. */
  markLost(segment: SentSegment): void {
    if (segment.lost || segment.sacked) return;
    segment.lost = true;
    segment.retransmitted = false;
    segment.list?.remove(segment);
    this.missing.insertBySeq(segment);
    this.lostLoad += segment.load;
    this.lostCount++;
  }

  /** All of them: the timer has expired (RFC 5681 section 3.1). */
  markAllLost(): void {
    for (let i = this.head; i < this.segments.length; i++) this.markLost(this.segments[i]);
  }

  /** The peer has let go of what it had reported (RFC 2018 section 8): nothing of it counts as arrived any more. */
  forgetSacked(): void {
    for (let i = this.head; i < this.segments.length; i++) {
      const segment = this.segments[i];
      if (!segment.sacked) continue;
      segment.sacked = false;
      this.outstanding.insertByTime(segment);
    }
    this.sackedLoad = this.sackedCount = 0;
    this.known.fill(0);
  }

  /** Nothing is lost after all: what was sent again needlessly is on its way. */
  clearAllLost(): void {
    for (let segment = this.missing.head; segment !== null; segment = this.missing.head) {
      this.clearLost(segment);
      this.missing.remove(segment);
      this.outstanding.insertByTime(segment);
    }
  }

  /** The oldest segment that is to be sent again, or undefined. */
  nextLost(): SentSegment | undefined {
    return this.missing.head ?? undefined;
  }

  /** The one to be sent again after `segment`, which is, too; or undefined. */
  nextLostAfter(segment: SentSegment): SentSegment | undefined {
    return segment.next ?? undefined;
  }

  /**
   * Cuts a segment in two at `seq`: path MTU or the peer's MSS made it too long to be sent again in one piece.
   */
  split(segment: SentSegment, seq: number): void {
    const rest = this.free.pop() ?? new SentSegment();
    rest.seq = seq;
    rest.end = segment.end;
    rest.sentAt = segment.sentAt;
    rest.transmissions = segment.transmissions;
    rest.lost = segment.lost;
    rest.retransmitted = segment.retransmitted;
    rest.sacked = segment.sacked;
    rest.pushed = segment.pushed;
    rest.endsRecord = segment.endsRecord;
    rest.piece = segment.piece;
    segment.pushed = segment.endsRecord = false;
    rest.priorDelivered = segment.priorDelivered;
    rest.priorAt = segment.priorAt;
    rest.windowSentAt = segment.windowSentAt;
    rest.appLimited = segment.appLimited;
    segment.end = seq;
    rest.load = 0;
    this.weigh(segment);
    this.weigh(rest);
    segment.list?.insertAfter(rest, segment);
    if (rest.lost) this.lostCount++;
    if (rest.sacked) this.sackedCount++;
    this.segments.splice(this.segments.indexOf(segment, this.head) + 1, 0, rest);
  }

  /**
   * [left, right) has arrived out of order (RFC 2018): what lies in it whole is marked, and not sent again.
   * @returns what is marked, as it counts.
   */
  sack(left: number, right: number, observer: DeliveryObserver): number {
    let marked = 0;
    const from = this.unknownFrom(left, right);
    for (let i = this.indexOf(from); i < this.segments.length; i++) {
      const segment = this.segments[i];
      if (!seqAtMost(segment.end, right)) {
        if (seqBefore(segment.seq, right) && !segment.sacked) this.split(segment, right);
        else break;
      }
      if (segment.sacked) continue;
      if (seqBefore(segment.seq, left)) {
        // Its end alone has arrived: cut it, the rest is looked at next.
        this.split(segment, left);
        continue;
      }
      observer.delivered(segment);
      this.reported.note(segment);
      this.clearLost(segment);
      segment.list?.remove(segment);
      segment.sacked = true;
      this.sackedLoad += segment.load;
      this.sackedCount++;
      marked += segment.load;
    }
    return marked;
  }

  /** Where in [left, right) something may be that is not marked yet; from now on all of it is known. */
  private unknownFrom(left: number, right: number): number {
    const { known } = this;
    for (let i = 0; i < known.length; i += 2) {
      if (seqAtMost(known[i], left) && seqAtMost(left, known[i + 1]) && known[i] !== known[i + 1]) {
        const from = known[i + 1];
        known[i + 1] = seqMax(from, right);
        return from;
      }
    }
    known[this.nextKnown] = left;
    known[this.nextKnown + 1] = right;
    this.nextKnown = (this.nextKnown + 2) % known.length;
    return left;
  }

  /** The first segment that ends after `seq`. */
  private indexOf(seq: number): number {
    let low = this.head;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seqAtMost(this.segments[middle].end, seq)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Everything before `ack` has arrived. */
  acknowledge(ack: number, observer: DeliveryObserver): void {
    while (this.head < this.segments.length) {
      const segment = this.segments[this.head];
      if (!seqBefore(segment.seq, ack)) break;
      if (!seqAtMost(segment.end, ack)) {
        this.cutFront(segment, ack);
        break;
      }
      if (!segment.sacked) {
        observer.delivered(segment);
        this.acknowledged.note(segment);
      }
      this.forget(segment);
      this.head++;
    }
    if (this.head === this.segments.length) {
      this.segments.length = this.head = 0;
    } else if (this.head > 256 && this.head * 2 > this.segments.length) {
      this.segments.copyWithin(0, this.head);
      this.segments.length -= this.head;
      this.head = 0;
    }
  }

  /**
   * Takes the segment after `segment` into it, where both fit into `most` bytes, or left as one and are lost both: those
   * are cut anew. @returns whether it did.
   */
  join(segment: SentSegment, most: number): boolean {
    const at = this.segments.indexOf(segment, this.head);
    const next = this.segments[at + 1];
    if (at < 0 || next === undefined || next.sacked || segment.endsRecord) return false;
    const together = next.lost && segment.piece !== 0 && next.piece === segment.piece;
    if (!together && segment.length + next.length > most) return false;
    this.clearLost(next);
    next.list?.remove(next);
    this.segments.splice(at + 1, 1);
    this.load -= next.load;
    segment.end = next.end;
    this.weigh(segment);
    segment.pushed ||= next.pushed;
    segment.endsRecord = next.endsRecord;
    segment.transmissions = Math.max(segment.transmissions, next.transmissions);
    if (this.free.length < 64) this.free.push(next);
    return true;
  }

  /** Lets go of everything. */
  clear(): void {
    this.outstanding.clear();
    this.missing.clear();
    this.known.fill(0);
    this.segments.length = this.head = 0;
    this.free.length = 0;
    this.bytes = this.load = this.lostLoad = this.sackedLoad = this.lostCount = this.sackedCount = 0;
  }

  private cutFront(segment: SentSegment, ack: number): void {
    const bytes = seqDistance(segment.seq, ack);
    segment.seq = ack;
    this.bytes -= bytes;
    this.weigh(segment);
  }

  private forget(segment: SentSegment): void {
    this.bytes -= segment.length;
    this.load -= segment.load;
    if (segment.sacked) {
      this.sackedLoad -= segment.load;
      this.sackedCount--;
      if (this.sackedCount === 0) this.known.fill(0);
    }
    this.clearLost(segment);
    segment.list?.remove(segment);
    if (this.free.length < 64) this.free.push(segment);
  }

  private clearLost(segment: SentSegment): void {
    if (!segment.lost) return;
    segment.lost = false;
    this.lostLoad -= segment.load;
    this.lostCount--;
  }
}
