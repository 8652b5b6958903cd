import { INITIAL_RTO, JacobsonRtt, MAX_RTO } from '../recovery/rtt.js';
import { seqBefore } from '../sequence.js';

/**
 * Round trips as Linux measures them: one that is shorter than expected counts less for the variation, and a timeout
 * that was too early changes nothing (tcp_rtt_estimator's rules, without RFC 4015 section 3.6).
 */
export class LinuxRtt extends JacobsonRtt {
  /** Four times the mean deviation, and its largest value in this round: ms. */
  private deviation = 0;
  private bound = 0;
  private largest = 0;
  /** SND.NXT when this round began. */
  private roundEnd = 0;
  /** How often the probe of a closed window was backed off, which says nothing of the path. */
  private probed = 0;

  constructor(private readonly least: number) {
    super(least);
    this.rto = INITIAL_RTO;
  }

  readonly measuresReports = true;

  override wasEarly(): void {}

  override settle(): void {
    this.probed = 0;
    super.settle();
  }

  backOffProbe(): void {
    this.probed++;
  }

  probeInterval(): number {
    return Math.min(this.rto * 2 ** this.probed, MAX_RTO);
  }

  get probeDoublings(): number {
    return this.probed;
  }

  leastWas(ms: number): void {
    if (ms < this.min) this.min = ms;
  }

  override sample(ms: number, expected = 1, sndUna = 0, sndNxt = 0): void {
    const { srtt, min } = this;
    super.sample(ms, expected);
    if (min === Number.POSITIVE_INFINITY) {
      this.deviation = 2 * ms;
      this.bound = this.largest = Math.max(this.deviation, this.least);
      this.roundEnd = sndNxt;
    } else {
      const error = ms - srtt;
      let change = Math.abs(error) - this.deviation / 4;
      if (error < 0 && change > 0) change /= 8;
      this.deviation += change;
      this.largest = Math.max(this.deviation, this.largest);
      this.bound = Math.max(this.bound, this.largest);
      if (seqBefore(this.roundEnd, sndUna)) {
        this.bound -= (this.bound - this.largest) / 4;
        this.largest = this.least;
        this.roundEnd = sndNxt;
      }
    }
    this.probed = 0;
    this.rttvar = this.deviation / 4;
    this.timeoutIs(Math.min(this.srtt + this.bound, MAX_RTO));
  }
}
