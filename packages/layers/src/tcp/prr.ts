/** What proportional rate reduction needs to know at each acknowledgement, in bytes. */
export interface PrrFacts {
  /** Newly delivered by this acknowledgement, cumulatively or selectively. */
  delivered: number;
  /** Believed to be in the network. */
  pipe: number;
  ssthresh: number;
  mss: number;
  /** Sent since the connection began, everything counted. */
  sent: number;
  /** SND.UNA moved and nothing more was found lost: it is safe to grow as slow start does. */
  safe: boolean;
}

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

  /** @returns the congestion window until the next acknowledgement, in bytes. */
  window(facts: PrrFacts): number {
    const { delivered, pipe, ssthresh, mss } = facts;
    this.delivered += delivered;
    const out = facts.sent - this.sentBefore;
    let quota: number;
    if (pipe > ssthresh) {
      quota = Math.ceil((this.delivered * ssthresh) / this.recoverFlight) - out;
    } else {
      const limit = Math.max(this.delivered - out, delivered) + (facts.safe ? mss : 0);
      quota = Math.min(ssthresh - pipe, limit);
    }
    // The first retransmission of a recovery always goes (RFC 6937 section 3).
    if (out === 0) quota = Math.max(quota, mss);
    return pipe + Math.max(0, quota);
  }
}
