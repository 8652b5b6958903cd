/** What an acknowledgement told, for the algorithms that live on it. There is one, filled anew for each: keep nothing of it. */
export class AckSample {
  /** ms */
  now = 0;
  /** Bytes of sequence space newly acknowledged; 0 for a duplicate. */
  acked = 0;
  /** Bytes newly delivered, selectively acknowledged ones included. */
  delivered = 0;
  /** Round trip measured by it in ms; -1 for none. */
  rtt = -1;
  /** Smoothed round trip in ms; 0 before the first measurement. */
  srtt = 0;
  /** The timestamp it echoed; null where there are none. */
  echo: number | null = null;
  /** It echoes a mark as RFC 3168 has it: the window does not grow by it, and nothing is taken back. */
  marked = false;
  /** It reported a duplicate (RFC 2883): something was sent again needlessly. */
  dsack = false;
  /** Where that duplicate ends, and its bytes. */
  dsackEnd = 0;
  dsackBytes = 0;
  /** Bytes acknowledged selectively for the first time by it. */
  sacked = 0;
  /** Bytes in flight before and after it. */
  priorFlight = 0;
  flight = 0;
  /** Bytes of the largest segment sent. */
  mss = 0;
  /** Whether the window, not the application, held sending back since the last one (RFC 7661). */
  windowLimited = false;
  /** Bytes delivered since the connection began; and when the newest segment delivered by it was sent, -1 for none. */
  totalDelivered = 0;
  priorDelivered = -1;
  /** Delivery rate in bytes a ms; 0 where it tells none. */
  rate = 0;
  /** The rate says more of the application than of the path. */
  rateAppLimited = false;
}

/** How much may be in flight. Small on purpose: four events, two numbers. */
export interface CongestionControl {
  /** For traces: 'reno'. */
  readonly name: string;
  /** Bytes that may be in flight. */
  cwnd: number;
  /** Bytes; slow start below it. */
  ssthresh: number;
  /** Bytes a ms to spread sending over time; 0 sends at once. */
  readonly pacingRate: number;
  /** Whether `cwnd` is for recovery to set while a loss is repaired (RFC 6937). */
  readonly proportional: boolean;
  /** How many windows' worth a send buffer that grows should hold; 2 unless said otherwise. */
  readonly buffered?: number;
  /** Whether it counts in whole segments as Linux does: the acknowledgement that ends a recovery lets it grow, and marks reduce it as losses do. */
  readonly whole?: boolean;
  /** The connection is established; `lossy` where SYN or SYN-ACK was lost more than once (RFC 6928 section 2). */
  begin(mss: number, now: number, lossy?: boolean): void;
  /** New data was acknowledged outside recovery, or within it where `recovering`. */
  acknowledged(sample: AckSample, recovering: boolean): void;
  /** A loss was detected, or congestion was `marked` (RFC 3168): once per window. `flight` in bytes. */
  lost(flight: number, mss: number, now: number, marked?: boolean): void;
  /** Recovery has ended: what was lost is repaired. */
  recovered(mss: number, now: number): void;
  /** The retransmission timer expired; `first` tells it from the same one backed off. */
  expired(flight: number, mss: number, first: boolean, now: number): void;
  /** The last loss was none: what it changed is taken back (RFC 4015). */
  undo(): void;
  /** Nothing was sent for a retransmission timeout (RFC 5681 section 4.1). */
  idled(mss: number, now: number): void;
}

/** RFC 6928 section 2: ten segments, at most max(2 MSS, 14600 bytes). */
export function initialWindow(mss: number): number {
  return Math.min(10 * mss, Math.max(2 * mss, 14600));
}

/** The same window whatever happens: for lessons, and for links that are ours alone. */
export class FixedCongestionWindow implements CongestionControl {
  readonly name = 'fixed';
  readonly pacingRate = 0;
  readonly proportional = false;
  ssthresh = Number.MAX_SAFE_INTEGER;

  /** @param cwnd bytes */
  constructor(public cwnd: number) {}

  begin(): void {}
  acknowledged(): void {}
  lost(): void {}
  recovered(): void {}
  expired(): void {}
  undo(): void {}
  idled(): void {}
}
