import type { Flight } from '../send/flight.js';
import type { RttEstimator } from './rtt.js';

/** What one acknowledgement tells of round trips, in ms; -1 for nothing. There is one, filled anew for each. */
export class RoundTrip {
  /** For the smoothed round trip and its timeout. */
  smoothed = -1;
  /** For congestion control, and for the least round trip: the newest that has arrived tells it. */
  latest = -1;

  /** @param echoed by the echoed timestamp; -1 where there is none. @param acked whether SND.UNA has moved. */
  measure(flight: Flight, rtt: RttEstimator, now: number, echoed: number, acked: boolean): void {
    const { acknowledged, reported } = flight;
    this.smoothed = this.latest = -1;
    if (rtt.measuresReports === true) {
      // Linux: the oldest counts for the timeout, what was reported selectively counts, and each timestamp.
      if (acknowledged.repairedAt < 0 && acknowledged.newest >= 0) {
        this.smoothed = now - acknowledged.oldest;
        this.latest = now - acknowledged.newest;
      }
      if (reported.newest >= 0) {
        this.latest = now - reported.newest;
        if (this.smoothed < 0) this.smoothed = now - reported.oldest;
      }
      if (this.smoothed < 0 && acked) this.smoothed = this.latest = echoed < 0 ? -1 : Math.max(1, echoed);
    } else if (acked) {
      if (acknowledged.repairedAt >= 0) this.latest = repairedIn(acknowledged.repairedAt, rtt, now, echoed);
      else this.latest = acknowledged.newest >= 0 ? now - acknowledged.newest : echoed;
      this.smoothed = this.latest;
    }
  }
}

/**
 * The round trip of a repair, in ms by its timestamp; -1 where the echo is of an earlier sending: the answer to that
 * was lost, and how long the repair took says nothing of the path (Karn). But the peer answers again, a round trip
 * after the last sending: the back-off has done its work.
 */
function repairedIn(repairedAt: number, rtt: RttEstimator, now: number, echoed: number): number {
  const elapsed = now - repairedAt;
  if (echoed <= elapsed + 1) return echoed;
  if (elapsed >= rtt.min) rtt.settle();
  return -1;
}
