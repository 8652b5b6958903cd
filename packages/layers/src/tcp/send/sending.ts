import type { Reason } from '@netwright/core';
import type { CongestionControl } from '../congestion/congestion.js';
import type { CongestionNotification } from '../ecn/notification.js';
import type { TcpTrouble } from '../handler.js';
import type { RttEstimator } from '../recovery/rtt.js';
import type { Flight } from './flight.js';

/** What loss recovery sees of the sending side, and may do to it. */
export interface Sending {
  readonly sndUna: number;
  readonly sndNxt: number;
  /** Bytes of the largest segment. */
  readonly mss: number;
  readonly flight: Flight;
  readonly congestion: CongestionControl;
  readonly rtt: RttEstimator;
  /** Whether the peer acknowledges selectively. */
  readonly sack: boolean;
  /** When the retransmission timer expires, in ms; Infinity while it does not run. */
  readonly rtoAt: number;
  /** The time of this turn, in ms. */
  readonly now: number;
  /** TSval of what is sent in this turn; null where timestamps are not used. */
  readonly timestamp: number | null;
  /** Whether something was never sent that the peer's window has room for. */
  readonly hasNewData: boolean;
  /** Whether a loss is being repaired. */
  readonly recovering: boolean;
  /** A loss was detected, or congestion was marked, with `flight` bytes on their way: the window becomes smaller. */
  reduce(flight: number, marked?: boolean): void;
  /** What was lost is repaired: the window becomes what the reduction meant it to be. */
  repaired(): void;
  /** Sends one segment beyond the window to hear from the peer: new data, else the last segment again. @returns whether it was new. */
  probe(): boolean;
}

/** What the sending half asks of its session. */
export interface SendingSession {
  /** Sends [seq, seq + length) with these flags; `offset` is its place in the queue. */
  emit(flags: number, seq: number, offset: number, length: number, why: Reason, fresh: boolean): void;
  /** Sends a SYN or SYN-ACK again. */
  resendHandshake(): void;
  /** The retransmission timer has expired, after `times` in a row. @returns whether the next time is twice as long. */
  timedOut(times: number): boolean;
  /** Tells the program what goes wrong while the connection goes on. */
  report(trouble: TcpTrouble): void;
  /** Nobody has acknowledged for too long. */
  giveUp(reset?: boolean): void;
  /** Payload bytes that fit into one packet now. */
  readonly room: number;
  /** Payload bytes that one packet may carry where the device segments; 0 where it does not. */
  readonly superRoom: number;
  readonly ecn: CongestionNotification;
  /** Whether a closed window is probed with the next byte. */
  readonly probesWithData: boolean;
  readonly now: number;
  /** TSval of what is sent now; null where timestamps are not used. */
  readonly timestamp: number | null;
  /** ms that what was sent again may stay unacknowledged; 0 where only `retryLimit` counts. */
  readonly userTimeout: number;
  /** Whether the user timeout ends a connection whose window stays closed, though the peer answers. */
  readonly endsStalls?: boolean;
  /** How often a segment may be sent again in the present state. */
  readonly retryLimit: number;
}
