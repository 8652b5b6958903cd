import { type AckSample, type CongestionControl, initialWindow } from './congestion.js';

/** RFC 3465 section 2.3: segments that the window grows by at most for one acknowledgement in slow start. */
const MOST_COUNTED = 2;
/** RFC 5681 equation 4: what remains of the window after a loss. */
const BETA = 0.5;
/** RFC 8511 section 3.1: what remains of it after a mark, where the queue that marked is short. */
const BETA_ECN = 0.8;

/** Slow start and congestion avoidance of RFC 5681, with appropriate byte counting (RFC 3465, L = 2). */
export class Reno implements CongestionControl {
  readonly name = 'reno';
  readonly pacingRate = 0;
  readonly proportional = true;
  cwnd = 0;
  ssthresh = Number.MAX_SAFE_INTEGER;
  /** Bytes acknowledged in congestion avoidance since the window last grew. */
  private counted = 0;
  /** Slow start follows a timeout: what an acknowledgement covers may have left the network long before. */
  protected afterTimeout = false;
  private before = { cwnd: 0, ssthresh: 0 };

  /** @param betaMarked what remains of the window after a mark (RFC 8511); 0.5 makes no difference to a loss. */
  constructor(private readonly betaMarked = BETA_ECN) {}

  begin(mss: number, _now: number, lossy = false): void {
    this.cwnd = lossy ? mss : initialWindow(mss);
  }

  acknowledged(sample: AckSample, recovering: boolean): void {
    // RFC 7661 section 3: a window that was not used has not been validated and does not grow.
    if (recovering || !sample.windowLimited) return;
    const { acked, mss } = sample;
    if (this.cwnd < this.ssthresh) {
      this.cwnd += Math.min(acked, this.mostCounted(mss));
      return;
    }
    this.afterTimeout = false;
    this.counted += acked;
    if (this.counted >= this.cwnd) {
      this.counted -= this.cwnd;
      this.cwnd += mss;
    }
  }

  /** Bytes that one acknowledgement opens the window by in slow start, at most (RFC 3465 section 2.3). */
  protected mostCounted(mss: number): number {
    return this.afterTimeout ? mss : MOST_COUNTED * mss;
  }

  lost(flight: number, mss: number, _now = 0, marked = false): void {
    this.remember();
    this.ssthresh = Math.max(flight * (marked ? this.betaMarked : BETA), 2 * mss);
    // RFC 3168 section 6.1.2: a mark never makes it larger.
    this.cwnd = marked ? Math.min(this.cwnd, this.ssthresh) : this.ssthresh;
    this.counted = 0;
  }

  recovered(): void {
    this.cwnd = this.ssthresh;
  }

  expired(flight: number, mss: number, first: boolean): void {
    if (first) {
      this.remember();
      this.ssthresh = Math.max(flight * BETA, 2 * mss);
    }
    // RFC 5681 section 3.1: the loss window.
    this.cwnd = mss;
    this.afterTimeout = true;
    this.counted = 0;
  }

  idled(mss: number): void {
    this.cwnd = Math.min(this.cwnd, initialWindow(mss));
  }

  undo(): void {
    this.afterTimeout = false;
    this.cwnd = Math.max(this.cwnd, this.before.cwnd);
    this.ssthresh = Math.max(this.ssthresh, this.before.ssthresh);
  }

  private remember(): void {
    this.before.cwnd = this.cwnd;
    this.before.ssthresh = this.ssthresh;
  }
}
