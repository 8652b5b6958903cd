import { type AckSample, type CongestionControl, initialWindow } from './congestion.js';
import { HyStart } from './hystart.js';

/** RFC 9438 section 5: how steep the curve is, in segments a second cubed. */
const C = 0.4;
/** Section 4.6: what remains of the window after a loss. */
const BETA = 0.7;
/** RFC 8511 section 3.1: what remains of it after a mark, where the queue that marked is short. */
const BETA_ECN = 0.85;

/**
 * CUBIC (RFC 9438): the window is a cubic function of the time since the last loss, flat around where that loss was.
 * Slow start ends by HyStart++ (RFC 9406). Windows are kept in bytes; the curve is in segments and seconds.
 */
export class Cubic implements CongestionControl {
  readonly name = 'cubic';
  readonly pacingRate = 0;
  readonly proportional = true;
  cwnd = 0;
  ssthresh = Number.MAX_SAFE_INTEGER;

  private readonly hystart = new HyStart();
  /** RFC 9406 section 4.3: HyStart++ is for the initial slow start, before anything was lost. */
  private initial = true;
  /** Congestion avoidance has not begun since the last timeout. */
  private afterTimeout = false;
  /** Segments: the plateau, the window before the last reduction (cwnd_prior), and the one that Reno would have by now. */
  private wMax = 0;
  private prior = 0;
  private wEstimate = 0;
  /** Whether the window, not the application, holds sending back. */
  private limited = false;
  /** When this epoch of congestion avoidance began, in ms; -1 while there is none. */
  private epoch = -1;
  /** Seconds from its beginning to the plateau. */
  private k = 0;
  private acknowledgedBytes = 0;
  /** What was in force before the last timeout: a spurious one is taken back. */
  private before = { cwnd: 0, ssthresh: 0, wMax: 0, prior: 0, initial: true };

  /** @param betaMarked what remains of the window after a mark (RFC 8511); 0.7 makes no difference to a loss. */
  constructor(private readonly betaMarked = BETA_ECN) {}

  begin(mss: number, _now: number, lossy = false): void {
    this.cwnd = lossy ? mss : initialWindow(mss);
  }

  acknowledged(sample: AckSample, recovering: boolean): void {
    this.acknowledgedBytes += sample.acked;
    this.limited = sample.windowLimited;
    if (recovering) return;
    if (this.cwnd < this.ssthresh) this.slowStart(sample);
    // RFC 9438 section 5.8: a window that is not used does not grow, and its epoch begins anew when it is.
    else if (sample.windowLimited) this.avoid(sample);
    else this.epoch = -1;
  }

  lost(flight: number, mss: number, _now: number, marked = false): void {
    this.remember();
    const window = this.cwnd / mss;
    this.prior = window;
    const beta = marked ? this.betaMarked : BETA;
    // Fast convergence (section 4.7): who loses below the last plateau makes room for others.
    this.wMax = window < this.wMax ? (window * (1 + BETA)) / 2 : window;
    // Section 4.6 takes FlightSize, or the window by those that keep one from growing that is not used, as we do. What
    // we know as in flight lacks what was acknowledged selectively: it says something only where the application is slow.
    const used = this.limited ? this.cwnd : Math.min(this.cwnd, flight);
    this.ssthresh = Math.max(used * beta, 2 * mss);
    // RFC 3168 section 6.1.2: a mark never makes it larger.
    this.cwnd = marked ? Math.min(this.cwnd, this.ssthresh) : this.ssthresh;
    this.epoch = -1;
    this.initial = this.afterTimeout = false;
  }

  recovered(): void {
    this.cwnd = this.ssthresh;
    this.epoch = -1;
  }

  expired(flight: number, mss: number, first: boolean, now: number): void {
    if (first) this.lost(flight, mss, now);
    this.cwnd = mss;
    this.epoch = -1;
    this.afterTimeout = true;
  }

  idled(mss: number): void {
    this.cwnd = Math.min(this.cwnd, initialWindow(mss));
    this.epoch = -1;
  }

  undo(): void {
    this.cwnd = Math.max(this.cwnd, this.before.cwnd);
    this.ssthresh = Math.max(this.ssthresh, this.before.ssthresh);
    this.wMax = this.before.wMax;
    this.prior = this.before.prior;
    this.initial = this.before.initial;
    this.afterTimeout = false;
    this.epoch = -1;
  }

  private slowStart(sample: AckSample): void {
    const { acked, mss } = sample;
    const { hystart, initial, acknowledgedBytes } = this;
    if (initial && hystart.acknowledged(acknowledgedBytes, acknowledgedBytes + sample.flight, sample.rtt)) {
      this.ssthresh = this.cwnd;
      this.initial = false;
      return;
    }
    if (!sample.windowLimited) return;
    // RFC 9406 section 4.3: without pacing at most eight segments an acknowledgement.
    const counted = Math.min(acked, 8 * mss);
    this.cwnd += initial ? hystart.growth(counted) : counted;
  }

  private avoid(sample: AckSample): void {
    const { acked, mss, now } = sample;
    if (this.epoch < 0) this.beginEpoch(now, mss);
    const window = this.cwnd / mss;
    // Section 4.3: the Reno-friendly region; alpha is 1 once the window before the reduction is reached.
    const alpha = this.wEstimate >= this.prior ? 1 : (3 * (1 - BETA)) / (1 + BETA);
    this.wEstimate += (alpha * (acked / mss)) / window;
    const seconds = (now - this.epoch) / 1000;
    if (this.curve(seconds) < this.wEstimate) {
      this.cwnd = Math.max(this.cwnd, this.wEstimate * mss);
      return;
    }
    // Section 4.4: what the curve says a round trip from now.
    const target = Math.min(Math.max(this.curve(seconds + sample.srtt / 1000), window), 1.5 * window);
    this.cwnd += ((target - window) / window) * acked;
  }

  /** The window in segments, `seconds` into the epoch (section 4.2, figure 1). */
  private curve(seconds: number): number {
    return C * (seconds - this.k) ** 3 + this.wMax;
  }

  private beginEpoch(now: number, mss: number): void {
    const window = this.cwnd / mss;
    this.epoch = now;
    this.wEstimate = window;
    // Section 4.8: after a timeout the plateau is where congestion avoidance begins.
    if (window < this.wMax && !this.afterTimeout) this.k = Math.cbrt((this.wMax - window) / C);
    else {
      this.k = 0;
      this.wMax = window;
    }
    this.afterTimeout = false;
  }

  private remember(): void {
    this.before.cwnd = this.cwnd;
    this.before.ssthresh = this.ssthresh;
    this.before.wMax = this.wMax;
    this.before.prior = this.prior;
    this.before.initial = this.initial;
  }
}
