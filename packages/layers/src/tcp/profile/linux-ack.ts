import type { AckArrival, AckFacts, AckPolicy } from '../receive/ack.js';

/** ms that an acknowledgement waits at first, and at most. */
const LEAST = 40;
const MOST = 200;
/** The same for a connection that is not interactive, where what came ends no write of the peer's. */
const MOST_OF_STREAMS = 500;
/** One tick of its clock, in ms: what is to wait for nothing waits for that. */
const TICK = 1;
/** Acknowledgements without delay that a connection begins with, or has again after a disturbance. */
const MOST_QUICK = 16;
/** Payload of a segment that says how large the peer's are, even where it ends a write; and where it does not. */
const TELLING = 536;
const LEAST_SIZE = 88;
const TELLING_UNLESS_PUSHED = 88;

/**
 * Acknowledgements as Linux has them. A connection begins with a number of quick ones, since the peer is in slow start
 * and counts on them. One on which answers follow questions is interactive: its acknowledgements wait for the next
 * answer. How long they wait follows the time between segments. What has read everything of a short segment acknowledges.
 */
export class InteractiveAck implements AckPolicy {
  readonly finWaits = true;
  /** ms that the next acknowledgement may wait; 0 before the first data. */
  private patience = 0;
  private quick = 0;
  /** 1 where the window opens by the segment that has come. */
  private opens = 0;
  private interactive = false;
  private cameAt = 0;
  /** Payload of the peer's full segments as far as is known, and of the one that may show that they are smaller. */
  private fullSize = TELLING;
  private lastSize = 0;
  /** Segments since the last acknowledgement that ended a write of the peer's: none, one, more. */
  private ends = 0;

  begin(segmentSize: number): void {
    this.fullSize = Math.max(LEAST_SIZE, Math.min(segmentSize, TELLING));
  }

  get segmentSize(): number {
    return this.fullSize;
  }

  get wait(): number {
    return this.patience === 0 ? 0 : Math.max(this.patience, LEAST);
  }

  /** TCP_QUICKACK: as quick as the connection would be; off is as interactive as a connection gets. */
  hurry(on: boolean): void {
    this.interactive = !on;
  }

  heard(arrival: AckArrival): void {
    const { now, timeout } = arrival;
    this.measure(arrival);
    const pause = now - this.cameAt;
    if (this.patience === 0) {
      this.beQuick(arrival);
      this.patience = LEAST;
    } else if (pause <= LEAST / 2) this.patience = this.patience / 2 + LEAST / 2;
    else if (pause < this.patience) this.patience = Math.min(this.patience / 2 + pause, timeout);
    else if (pause > timeout) this.beQuick(arrival);
    this.cameAt = now;
    this.takeOpening();
  }

  ahead(arrival: AckArrival): void {
    this.measure(arrival);
    this.takeOpening();
  }

  /** While the window opens the peer hears of it: of this segment, once it is known what else it tells. */
  opened(): void {
    this.opens = 1;
  }

  /** The peer's acknowledgements were lost, or something is out of order with it: it hears at once. */
  repeated(arrival: AckArrival): void {
    this.beQuick(arrival);
    this.interactive = false;
    this.patience = LEAST;
  }

  /** The peer has finished: nothing hurries any more. */
  ended(): void {
    this.interactive = true;
  }

  sent(data: boolean, scheduled: boolean, now: number): void {
    if (data && now - this.cameAt < this.patience) this.interactive = true;
    this.ends = 0;
    if (!scheduled || this.quick === 0) return;
    this.quick--;
    if (this.quick === 0) this.patience = LEAST;
  }

  late(timeout: number): void {
    if (this.interactive) {
      this.interactive = false;
      this.patience = LEAST;
    } else this.patience = Math.min(2 * this.patience, timeout);
  }

  delay(facts: AckFacts): number {
    if (facts.disordered || (facts.unacknowledged > this.fullSize && !facts.narrows)) return 0;
    if (this.quick > 0 && !this.interactive) return 0;
    // Who has read all of it, to the end of what the peer wrote, has nothing to answer for the moment.
    if (facts.drained && (this.ends > 1 || (this.ends === 1 && !this.interactive))) return 0;
    if (this.patience <= LEAST) return Math.max(TICK, this.patience);
    const most = this.interactive || this.ends > 0 ? MOST : MOST_OF_STREAMS;
    const bound = facts.srtt > 0 ? Math.min(most, Math.max(Math.floor(facts.srtt), LEAST)) : most;
    return Math.floor(Math.min(this.patience, bound, MOST));
  }

  private measure({ length, pushed, largest }: AckArrival): void {
    if (length >= this.fullSize) {
      this.fullSize = Math.min(length, largest);
      if (pushed && length === this.fullSize) this.ends = Math.max(this.ends, 1);
      return;
    }
    if (length >= TELLING || (length >= TELLING_UNLESS_PUSHED && !pushed)) {
      const before = this.lastSize;
      this.lastSize = length;
      if (before === length) {
        this.fullSize = length;
        return;
      }
    }
    this.ends = Math.min(this.ends + 1, 2);
  }

  private takeOpening(): void {
    this.quick |= this.opens;
    this.opens = 0;
  }

  private beQuick({ window }: AckArrival): void {
    const wanted = Math.min(Math.floor(window / (2 * this.fullSize)) || 2, MOST_QUICK);
    this.quick = Math.max(this.quick, wanted);
  }
}
