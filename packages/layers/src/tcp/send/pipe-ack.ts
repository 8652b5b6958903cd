/** RFC 7661 section 4.5.1: into how many the sampling period is divided. */
const PERIODS = 5;
/** ms: section 4.2, the sampling period at least. */
const LEAST_PERIOD = 1000;

/**
 * pipeACK (RFC 7661 section 4.2): how much the network has delivered in a round trip, at most, in the sampling period.
 * A sample is what was acknowledged in one round trip; the highest of each fifth of the period is kept.
 */
export class PipeAck {
  /** ms: the last time that a sample was taken. */
  sampledAt = 0;
  private readonly highest = new Float64Array(PERIODS);
  private readonly highestAt = new Float64Array(PERIODS).fill(Number.NEGATIVE_INFINITY);
  private current = 0;
  private periodSince = 0;
  private defined = false;
  /** When the sample began that is being taken, in ms; -1 while none is. And what was acknowledged since. */
  private since = -1;
  private counted = 0;

  /** ms: Max(3*RTT, 1 second). */
  static period(srtt: number): number {
    return Math.max(3 * srtt, LEAST_PERIOD);
  }

  /** `bytes` were acknowledged. */
  acknowledged(bytes: number, now: number, srtt: number): void {
    if (this.since < 0) {
      this.since = now;
      return;
    }
    this.counted += bytes;
    if (now - this.since < srtt) return;
    this.sample(this.counted, now, srtt);
    this.since = now;
    this.counted = 0;
  }

  /** Bytes; -1 while it is undefined: nothing was measured since the connection began, or since a loss was repaired. */
  value(now: number, srtt: number): number {
    // A round trip after the first acknowledgement something is known, though no other has come.
    if (!this.defined && (this.since < 0 || now - this.since < srtt)) return -1;
    const oldest = now - PipeAck.period(srtt);
    // What came in the round trip that is being measured is a sample already, if a small one.
    let value = this.since >= oldest ? this.counted : 0;
    for (let i = 0; i < PERIODS; i++) {
      if (this.highestAt[i] >= oldest && this.highest[i] > value) value = this.highest[i];
    }
    return value;
  }

  /** What was measured says nothing any more. */
  forget(): void {
    this.defined = false;
    this.since = -1;
    this.counted = 0;
    this.highestAt.fill(Number.NEGATIVE_INFINITY);
  }

  private sample(bytes: number, now: number, srtt: number): void {
    if (now - this.periodSince >= PipeAck.period(srtt) / PERIODS) {
      this.periodSince = now;
      this.current = (this.current + 1) % PERIODS;
      this.highest[this.current] = 0;
    }
    this.defined = true;
    this.sampledAt = now;
    if (bytes < this.highest[this.current]) return;
    this.highest[this.current] = bytes;
    this.highestAt[this.current] = now;
  }
}
