import type { CongestionControl } from './congestion.js';

/** Linux's tcp_pacing_ss_ratio and tcp_pacing_ca_ratio: faster than the window goes round, so that it can fill. */
const SLOW_START_GAIN = 2;
const AVOIDANCE_GAIN = 1.2;

/** The rate at which a window is spread over a round trip where congestion control says none: bytes a ms; `srtt` in ms. */
export function unpacedRate({ cwnd, ssthresh }: CongestionControl, srtt: number): number {
  return ((cwnd < ssthresh / 2 ? SLOW_START_GAIN : AVOIDANCE_GAIN) * cwnd) / srtt;
}

/** Segments that leave before a limited rate counts, as on Linux. */
export const PACED_AFTER = 10;

/** The rate of a connection that an application has limited to `limit`, bytes a ms: any congestion control is paced then. */
export function boundedRate(congestion: CongestionControl, srtt: number, limit: number): number {
  const rate = congestion.pacingRate || (srtt > 0 ? unpacedRate(congestion, srtt) : limit);
  return Math.min(rate, limit);
}
