/** Segments that a sender may begin with (RFC 6928 section 2): what the first round trip is held against. */
const INITIAL_SEGMENTS = 10;
/** Segments of room beside two round trips' worth, for what a sender adds when it is let. */
const SPARE_SEGMENTS = 16;

/**
 * What buffers are made for at most, in bytes a ms: 8 Gbit/s. Over a short path even that fits into a small buffer, and
 * a larger one would only leave the processor's cache.
 */
export const FASTEST = 1 << 20;

/**
 * Receive buffer tuning as Linux has it (dynamic right-sizing): what the application takes in a round trip tells what
 * the sender's window is, and the buffer is to hold the next two, with what slow start adds to them. It never
 * shrinks, and an application that does not read never makes it grow.
 */
export class ReceiveTuning {
  /** Bytes that the application has taken since the present round trip began. */
  taken = 0;
  /** The round trip as this end sees it, in ms; 0 before it is known. */
  rtt = 0;
  /** The most bytes that it has taken in one. */
  space = 0;
  private since = 0;
  /** The least round trip, in ms. */
  private least = Number.POSITIVE_INFINITY;

  /** @param max bytes that the buffer may grow to. */
  constructor(readonly max: number) {}

  /** What a timestamp that came back with data tells: never less than the round trip, but more where the sender paused. */
  measured(rtt: number): void {
    if (this.rtt === 0 || rtt < this.rtt) this.rtt = rtt;
    else this.rtt += (rtt - this.rtt) / 8;
  }

  /**
   * @param limit what the buffer holds now; `srtt` is what the sending half knows of the round trip, in ms.
   * @param ownSegment bytes of the largest segment that this end has asked for: the first round trip is held against it.
   * @returns what it is to hold from now on, in bytes.
   */
  limit(limit: number, now: number, srtt: number, segmentSize: number, ownSegment = segmentSize): number {
    const rtt = this.rtt > 0 ? this.rtt : srtt;
    if (rtt <= 0 || now - this.since < rtt) return limit;
    this.least = Math.min(this.least, rtt, srtt > 0 ? srtt : rtt);
    const { taken } = this;
    this.taken = 0;
    this.since = now;
    if (this.space === 0) this.space = INITIAL_SEGMENTS * ownSegment;
    if (taken <= this.space) return limit;
    const room = 2 * taken + SPARE_SEGMENTS * segmentSize;
    // A sender in slow start doubles what it sends; by how much it grew is what it may grow by again.
    const growth = (room * (taken - this.space)) / this.space;
    this.space = taken;
    const wanted = Math.min(Math.ceil(room + 2 * growth), this.max, Math.ceil(FASTEST * this.least));
    return Math.max(limit, wanted);
  }
}
