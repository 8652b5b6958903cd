/** How often the pause doubles at most. */
const DOUBLINGS = 6;

/**
 * Middleboxes that drop what belongs to a fast open are noticed by timeouts in a row; clients then do without for a
 * while, which doubles each time (RFC 7413 section 4.1.3.1, Linux's tcp_fastopen_blackhole_timeout_sec).
 */
export class BlackHole {
  private times = 0;
  private since = 0;

  /** A connection that was opened fast has lost everything for too long. */
  noticed(now: number): void {
    this.times++;
    this.since = now;
  }

  /** One that was opened fast works: the way is clear again. */
  passed(): void {
    this.times = 0;
  }

  /** Whether to do without at `now`; the first pause is `pause` ms, 0 never pauses. */
  pauses(now: number, pause: number): boolean {
    if (this.times === 0 || pause === 0) return false;
    return now - this.since < pause * 2 ** Math.min(this.times - 1, DOUBLINGS);
  }
}
