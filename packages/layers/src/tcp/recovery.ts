import type { AckSample, CongestionControl } from './congestion.js';
import type { Flight } from './flight.js';

/** What loss recovery sees of the sending side, and may do to it. */
export interface Sending {
  readonly sndUna: number;
  readonly sndNxt: number;
  /** Bytes of the largest segment. */
  readonly mss: number;
  readonly flight: Flight;
  readonly congestion: CongestionControl;
}

/** Decides from acknowledgements what was lost, and when that is repaired. Marks in `sending.flight`. */
export interface LossRecovery {
  /** Whether a loss is being repaired. */
  readonly recovering: boolean;
  /** Bytes that duplicates tell have left the network, where no SACK tells which (RFC 5681 section 3.2, step 4). */
  readonly departed: number;
  /** An acknowledgement came; `duplicate` after RFC 5681 section 2. SND.UNA has been moved already. */
  acknowledged(sending: Sending, sample: AckSample, duplicate: boolean): void;
  /** The retransmission timer expired; everything in flight is marked lost. */
  expired(sending: Sending): void;
}

/** No fast retransmit: what is lost waits for the timer. For lessons about what recovery is worth. */
export class TimeoutOnly implements LossRecovery {
  readonly recovering = false;
  readonly departed = 0;

  acknowledged(): void {}

  expired(): void {}
}
