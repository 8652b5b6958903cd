/** Measures the round trip and says how long to wait for an acknowledgement. */
export interface RttEstimator {
  /** Smoothed round-trip time in ms; 0 before the first measurement. */
  readonly srtt: number;
  /** Its variation in ms. */
  readonly rttvar: number;
  /** The least round trip seen, in ms; Infinity before the first. */
  readonly min: number;
  /** Retransmission timeout in ms, backed off. */
  readonly rto: number;
  /**
   * A round trip was measured, in ms, on a segment that was sent once (Karn) or by its timestamp.
   * @param expected samples that a round trip brings as things are, at least one (RFC 7323 appendix G).
   * @param sndUna with `sndNxt` as the acknowledgement left them.
   */
  sample(ms: number, expected?: number, sndUna?: number, sndNxt?: number): void;
  /** The timer expired. */
  backOff(): void;
  /**
   * What was backed off is forgotten without a measurement: a closed window has opened, or the SYN was lost and the
   * handshake is complete (RFC 6298 section 5.7). Elsewhere only a new sample ends the back-off (Karn).
   */
  settle(): void;
  /** The timer was too early: nothing was lost (RFC 4015 section 3.6). What is measured next tells how much. */
  wasEarly?(): void;
  /** The timer expired once less (RFC 6069). */
  takeBack?(): void;
  /** How often it is backed off now. */
  readonly doublings?: number;
  /** Whether all that arrives measures, as Linux has it: the oldest of what is acknowledged, what is reported, each echo. */
  readonly measuresReports?: boolean;
  /** A least round trip that `sample` was not told. */
  leastWas?(ms: number): void;
  /** ms before the next probe of a closed window, after so many; without it the timeout. */
  probeInterval?(times: number): number;
  /** A closed window was probed, and the next probe waits twice as long; without it that is `backOff`. How often by now. */
  backOffProbe?(): void;
  readonly probeDoublings?: number;
}

/** RFC 6298 section 2.4 says 1 s; we take what Linux takes, and say so in docs/limits.md. */
export const MIN_RTO = 200;
/** RFC 6298 section 2.5: at least 60 s. */
export const MAX_RTO = 120_000;
/** RFC 6298 section 2.1. */
export const INITIAL_RTO = 1000;
/** RFC 6298's G, in ms: what timers of hosts can tell apart. */
const GRANULARITY = 1;
/** RFC 6298 section 5.7: where the SYN had to be sent again and no round trip is known. */
const CAUTIOUS_RTO = 3000;

/** RFC 6298 with its constants: alpha 1/8, beta 1/4, K 4. */
export class JacobsonRtt implements RttEstimator {
  srtt = 0;
  rttvar = 0;
  min = Number.POSITIVE_INFINITY;
  rto = INITIAL_RTO;
  doublings = 0;
  private base = INITIAL_RTO;
  private early = false;

  /**
   * @param minimum ms that are waited at least, beyond the round trip.
   * @param history whether the samples of one round trip weigh together what one would (RFC 7323 section 4.2).
   */
  constructor(
    private readonly minimum = MIN_RTO,
    private readonly history = false,
  ) {}

  sample(ms: number, expected = 1, _sndUna?: number, _sndNxt?: number): void {
    const first = this.min === Number.POSITIVE_INFINITY;
    if (ms < this.min) this.min = ms;
    if (first) {
      this.srtt = ms;
      this.rttvar = ms / 2;
    } else if (this.early) {
      // RFC 4015 section 3.1, steps 0 and 11: begun anew by it, and more patient than before in any case.
      this.srtt = Math.max(this.srtt + 2 * GRANULARITY, ms);
      this.rttvar = Math.max(this.rttvar, ms / 2);
    } else {
      const share = this.history ? expected : 1;
      this.rttvar += (Math.abs(this.srtt - ms) - this.rttvar) / (4 * share);
      this.srtt += (ms - this.srtt) / (8 * share);
    }
    this.early = false;
    this.base = Math.min(this.srtt + Math.max(4 * this.rttvar, this.minimum, GRANULARITY), MAX_RTO);
    this.rto = this.base;
    this.doublings = 0;
  }

  /** Without being backed off. */
  protected timeoutIs(ms: number): void {
    this.base = this.rto = ms;
  }

  wasEarly(): void {
    this.early = true;
  }

  backOff(): void {
    this.doublings++;
    this.rto = Math.min(this.rto * 2, MAX_RTO);
  }

  takeBack(): void {
    if (this.doublings === 0) return;
    this.doublings--;
    this.rto = Math.min(this.base * 2 ** this.doublings, MAX_RTO);
  }

  settle(): void {
    this.doublings = 0;
    this.rto = this.min === Number.POSITIVE_INFINITY ? CAUTIOUS_RTO : this.base;
  }
}

/** The same timeout always, doubled when it expires: for tests and lessons. */
export class FixedRto implements RttEstimator {
  srtt = 0;
  rttvar = 0;
  min = Number.POSITIVE_INFINITY;
  rto: number;

  /** @param value ms */
  constructor(private readonly value: number) {
    this.rto = value;
  }

  sample(ms: number): void {
    this.srtt = ms;
    if (ms < this.min) this.min = ms;
    this.rto = this.value;
  }

  backOff(): void {
    this.rto = Math.min(this.rto * 2, MAX_RTO);
  }

  settle(): void {
    this.rto = this.value;
  }
}
