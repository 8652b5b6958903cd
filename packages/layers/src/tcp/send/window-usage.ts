import { seqBefore } from '../sequence.js';
import type { Sending } from './sending.js';
import type { WindowValidation } from './window-validation.js';

/**
 * A congestion window that is not used does not grow; what it was used for holds for a window of data, since
 * acknowledgements come when part of it has left the network. As Linux has it.
 */
export class WindowUsage implements WindowValidation {
  /** The window stopped sending, or was used up, within this window of data. */
  full = false;
  /** The most that was in flight in this window of data, in bytes. */
  private most = 0;
  /** SND.NXT when that was seen. */
  private until: number | null = null;

  sent({ sndUna, sndNxt, flight }: Sending, full: boolean): void {
    const anew = this.until === null || !seqBefore(sndUna, this.until);
    if (!anew && !full && (this.full || flight.load <= this.most)) return;
    this.full = full;
    this.most = flight.load;
    this.until = sndNxt;
  }

  /** In slow start it may grow up to twice of what it was used for. */
  limited({ congestion: { cwnd, ssthresh }, mss }: Sending): boolean {
    return this.full || (cwnd < ssthresh && cwnd + mss <= 2 * this.most + mss - 1);
  }
}
