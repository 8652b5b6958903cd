import { INITIAL_RTO, JacobsonRtt, MAX_RTO } from '../recovery/rtt.js';

/**
 * Round trips as Linux measures them: one that is shorter than expected counts less for the variation, and a timeout
 * that was too early changes nothing (tcp_rtt_estimator's rules, without RFC 4015 section 3.6).
 */
export class LinuxRtt extends JacobsonRtt {
  /** Four times the mean deviation, and its largest value in this round: ms. */
  private deviation = 0;
  private bound = 0;

  constructor(private readonly least: number) {
    super(least);
    this.rto = INITIAL_RTO;
  }

  override wasEarly(): void {}

  override sample(ms: number): void {
    const { srtt, min } = this;
    super.sample(ms);
    if (min === Number.POSITIVE_INFINITY) {
      this.deviation = 2 * ms;
      this.bound = Math.max(this.deviation, this.least);
    } else {
      const error = ms - srtt;
      let change = Math.abs(error) - this.deviation / 4;
      if (error < 0 && change > 0) change /= 8;
      this.deviation += change;
      const largest = Math.max(this.deviation, this.least);
      this.bound = largest > this.bound ? largest : this.bound - (this.bound - largest) / 4;
    }
    this.rttvar = this.deviation / 4;
    this.timeoutIs(Math.min(this.srtt + this.bound, MAX_RTO));
  }
}
