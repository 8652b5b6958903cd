/**
 * Proportional rate reduction (RFC 6937, with the safe acknowledgement of its successor): spreads the reduction of the
 * window over a round trip, so that sending neither stops nor bursts while a loss is repaired.
 */
export class ProportionalRateReduction {
  private delivered = 0;
  private recoverFlight = 1;
  private sentBefore = 0;

  /** Recovery begins with `flight` bytes outstanding. */
  begin(flight: number, sent: number): void {
    this.delivered = 0;
    this.recoverFlight = Math.max(1, flight);
    this.sentBefore = sent;
  }

  /**
   * An acknowledgement came. All sizes are in bytes.
   * @param delivered newly delivered by it, cumulatively or selectively.
   * @param pipe believed to be in the network.
   * @param sent since the connection began, everything counted.
   * @param safe SND.UNA moved and nothing more was found lost: the window may grow as in slow start.
   * @returns the congestion window until the next one.
   */
  window(delivered: number, pipe: number, ssthresh: number, mss: number, sent: number, safe: boolean): number {
    this.delivered += delivered;
    const out = sent - this.sentBefore;
    let quota: number;
    if (pipe > ssthresh) {
      // In whole segments, rounded up: half a one would wait for the next acknowledgement, and sending stop.
      quota = Math.ceil((this.delivered * ssthresh) / this.recoverFlight / mss) * mss - out;
    } else {
      const limit = Math.max(this.delivered - out, delivered) + (safe ? mss : 0);
      quota = Math.min(ssthresh - pipe, limit);
    }
    // The first retransmission of a recovery always goes (RFC 6937 section 3).
    if (out === 0) quota = Math.max(quota, mss);
    return pipe + Math.max(0, quota);
  }
}
