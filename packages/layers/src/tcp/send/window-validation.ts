import type { SentSegment } from './flight.js';
import type { Sending } from './sending.js';

/**
 * Whether the congestion window says something of the path as it is now: one that is not used was not tried (RFC 7661
 * section 4). One for each connection. What is not there makes no difference to what congestion control does by itself.
 */
export interface WindowValidation {
  /** Sending has come to its end for now; `full` where the congestion window stopped it, or is used up. */
  sent(sending: Sending, full: boolean): void;
  /** Whether an acknowledgement that came now may let the window grow. */
  limited(sending: Sending): boolean;
  /** So many bytes were acknowledged, and whatever loss they tell of has been heard of. */
  acknowledged?(sending: Sending, bytes: number): void;
  /** Congestion control has reduced the window, for a loss or a mark. */
  lost?(sending: Sending, marked: boolean): void;
  /** A segment was sent again. */
  resent?(segment: SentSegment): void;
  /** The repair has ended, and congestion control has set the window. */
  recovered?(sending: Sending): void;
  /** The retransmission timer has expired. */
  expired?(): void;
  /** Something is to be sent while nothing is in flight; left out, RFC 5681 section 4.1 says what an idle time leaves. */
  idled?(sending: Sending): void;
  /** Bytes a ms to spread sending where congestion control says nothing; 0 sends at once. */
  pacingRate?(sending: Sending): number;
}
