/** A token bucket: `burst` at once, and `rate` per ms in the long run. */
export class TokenBucket {
  private tokens: number;
  private filledAt = 0;

  constructor(
    /** Tokens per ms. */
    private readonly rate: number,
    private readonly burst: number,
  ) {
    this.tokens = burst;
  }

  /** Takes one token, if there is one. @param now ms of the clock. */
  take(now: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + (now - this.filledAt) * this.rate);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
