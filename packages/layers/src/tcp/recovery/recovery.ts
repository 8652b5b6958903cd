import type { AckSample } from '../congestion/congestion.js';
import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';

/** Decides from acknowledgements what was lost, and when that is repaired. Marks in `sending.flight`. */
export interface LossRecovery {
  /** Whether a loss is being repaired. */
  readonly recovering: boolean;
  /** Whether a timeout began the repair, and what was sent before it is not acknowledged yet. */
  readonly timedOut?: boolean;
  /** Bytes that duplicates tell have left the network, where no SACK tells which (RFC 5681 section 3.2, step 4). */
  readonly departed: number;
  /** An acknowledgement came; `duplicate` after RFC 5681 section 2. SND.UNA has been moved already. */
  acknowledged(sending: Sending, sample: AckSample, duplicate: boolean): void;
  /** The retransmission timer expired: marks what is to be sent again. */
  expired(sending: Sending): void;
  /** The connection is established: what both ends agreed on is known. */
  begin?(sending: Sending): void;
  /** A segment is known to have arrived, by either kind of acknowledgement; comes before `acknowledged`. */
  delivered?(segment: SentSegment, now: number): void;
  /** When `due` is to be called, in ms; Infinity for never. */
  readonly deadline: number;
  /** The deadline has come. */
  due(sending: Sending): void;
  /** New data was sent. */
  sent?(sending: Sending): void;
  /** A segment was sent again. */
  resent?(sending: Sending, segment: SentSegment): void;
  /**
   * What to send again where nothing is known to be lost, nothing new can go, and the window has room for a segment
   * (RFC 6675 section 4, NextSeg 3 and 4); undefined for nothing.
   */
  lastResort?(sending: Sending): SentSegment | undefined;
  /** Whether new data goes before what is taken for lost (RFC 5682 section 2.1, step 2.b); it is asked in each turn. */
  readonly newDataFirst?: boolean;
  /** How far the path was seen to reorder, in segments, and how often. */
  readonly reordering?: number;
  readonly reorderings?: number;
}

/** No fast retransmit: what is lost waits for the timer. For lessons about what recovery is worth. */
export class TimeoutOnly implements LossRecovery {
  readonly recovering = false;
  readonly departed = 0;

  readonly deadline = Number.POSITIVE_INFINITY;

  acknowledged(): void {}

  expired(sending: Sending): void {
    sending.flight.markAllLost();
  }

  due(): void {}
}
