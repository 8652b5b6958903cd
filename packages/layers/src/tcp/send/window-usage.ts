import type { CongestionControl } from '../congestion/congestion.js';
import { seqBefore } from '../sequence.js';

/**
 * Whether the congestion window is used: one that is not says nothing about the path, and does not grow (RFC 7661
 * section 4). What was seen holds for a window of data: acknowledgements come when part of it has left the network.
 */
export class WindowUsage {
  private full = false;
  /** The most that was in flight in this window of data, in bytes. */
  private most = 0;
  /** SND.NXT when that was seen. */
  private until: number | null = null;

  /** Sending has come to its end for now; `full` where the congestion window stopped it, or is used up. */
  sent(sndUna: number, sndNxt: number, flight: number, full: boolean): void {
    const anew = this.until === null || !seqBefore(sndUna, this.until);
    if (!anew && !full && (this.full || flight <= this.most)) return;
    this.full = full;
    this.most = flight;
    this.until = sndNxt;
  }

  /** Whether the window may grow: in slow start up to twice of what it was used for. */
  limited({ cwnd, ssthresh }: CongestionControl, mss: number): boolean {
    return this.full || (cwnd < ssthresh && cwnd + mss <= 2 * this.most + mss - 1);
  }
}
