/** ms that a round trip counts for at most, and half of that at least. */
const WINDOW = 300_000;

/**
 * The least round trip of the last minutes: a connection whose path has become longer forgets the shorter one
 * (RFC 8985 section 6.2, step 1). Two numbers, of this half of the window and of the one before.
 */
export class LeastRtt {
  private present = Number.POSITIVE_INFINITY;
  private former = Number.POSITIVE_INFINITY;
  private since = 0;

  /** @param window ms */
  constructor(private readonly window = WINDOW) {}

  /** In ms; Infinity before the first. */
  get value(): number {
    return Math.min(this.present, this.former);
  }

  /** A round trip was measured, both in ms. */
  sample(rtt: number, now: number): void {
    const half = this.window / 2;
    const elapsed = now - this.since;
    if (elapsed >= half) {
      this.former = elapsed < this.window ? this.present : Number.POSITIVE_INFINITY;
      this.present = Number.POSITIVE_INFINITY;
      this.since = now;
    }
    if (rtt < this.present) this.present = rtt;
  }
}
