import { seqBefore } from '../sequence.js';
import type { SentSegment } from './flight.js';

/**
 * Sent segments in some order, linked through themselves: adding, removing and going through them allocates nothing.
 * A segment is in one list at a time.
 */
export class SegmentList {
  head: SentSegment | null = null;
  tail: SentSegment | null = null;

  /** Behind all others. */
  push(segment: SentSegment): void {
    this.insertAfter(segment, this.tail);
  }

  /** Behind those with smaller sequence numbers; nearly always at one of the ends. */
  insertBySeq(segment: SentSegment): void {
    let before = this.tail;
    if (this.head !== null && seqBefore(segment.seq, this.head.seq)) before = null;
    while (before !== null && seqBefore(segment.seq, before.seq)) before = before.previous;
    this.insertAfter(segment, before);
  }

  /** Behind those that were sent before it. */
  insertByTime(segment: SentSegment): void {
    let before = this.tail;
    while (before !== null && before.sentAt > segment.sentAt) before = before.previous;
    this.insertAfter(segment, before);
  }

  /** Behind `before`; in front of all where that is null. */
  insertAfter(segment: SentSegment, before: SentSegment | null): void {
    const after = before === null ? this.head : before.next;
    segment.previous = before;
    segment.next = after;
    segment.list = this;
    if (before === null) this.head = segment;
    else before.next = segment;
    if (after === null) this.tail = segment;
    else after.previous = segment;
  }

  remove(segment: SentSegment): void {
    if (segment.previous === null) this.head = segment.next;
    else segment.previous.next = segment.next;
    if (segment.next === null) this.tail = segment.previous;
    else segment.next.previous = segment.previous;
    segment.previous = segment.next = null;
    segment.list = null;
  }

  clear(): void {
    this.head = this.tail = null;
  }
}
