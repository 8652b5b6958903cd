/** RFC 9406 section 4.3. */
const MIN_RTT_THRESHOLD = 4;
const MAX_RTT_THRESHOLD = 16;
const MIN_RTT_DIVISOR = 8;
const SAMPLES_A_ROUND = 8;
const CSS_GROWTH_DIVISOR = 4;
const CSS_ROUNDS = 5;

/**
 * HyStart++ (RFC 9406): leaves slow start when the round trip grows, before the queue overflows. The suspicion is
 * tried in conservative slow start for a few rounds; when the round trip falls back, slow start goes on.
 */
export class HyStart {
  /** In conservative slow start (CSS). */
  conservative = false;
  private windowEnd = 0;
  private rounds = 0;
  private samples = 0;
  private roundMin = Number.POSITIVE_INFINITY;
  private lastRoundMin = Number.POSITIVE_INFINITY;
  private baseline = Number.POSITIVE_INFINITY;

  /**
   * An acknowledgement in slow start.
   * @param acked bytes acknowledged since the connection began, and bytes sent since then: they tell rounds apart.
   * @param rtt ms; -1 for none.
   * @returns whether slow start is over.
   */
  acknowledged(acked: number, sent: number, rtt: number): boolean {
    if (acked >= this.windowEnd && this.beginRound(sent)) return true;
    if (rtt < 0) return false;
    if (rtt < this.roundMin) this.roundMin = rtt;
    this.samples++;
    if (this.samples < SAMPLES_A_ROUND || this.lastRoundMin === Number.POSITIVE_INFINITY) return false;
    if (this.conservative) {
      if (this.roundMin < this.baseline) {
        this.conservative = false;
        this.baseline = Number.POSITIVE_INFINITY;
      }
      return false;
    }
    const threshold = Math.max(MIN_RTT_THRESHOLD, Math.min(this.lastRoundMin / MIN_RTT_DIVISOR, MAX_RTT_THRESHOLD));
    if (this.roundMin >= this.lastRoundMin + threshold) {
      this.baseline = this.roundMin;
      this.conservative = true;
      this.rounds = 0;
    }
    return false;
  }

  /** How many bytes the window grows by for `acked` bytes. */
  growth(acked: number): number {
    return this.conservative ? acked / CSS_GROWTH_DIVISOR : acked;
  }

  /** @returns whether conservative slow start has lasted long enough. */
  private beginRound(sent: number): boolean {
    this.windowEnd = sent;
    this.lastRoundMin = this.roundMin;
    this.roundMin = Number.POSITIVE_INFINITY;
    this.samples = 0;
    return this.conservative && ++this.rounds >= CSS_ROUNDS;
  }
}
