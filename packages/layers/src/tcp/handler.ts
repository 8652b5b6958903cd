import type { NetwrightError } from '@netwright/core';
import type { NetworkError } from '../ip/network.js';
import type { TcpSession } from './session.js';

/**
 * What goes wrong while the connection goes on trying (RFC 9293 section 3.9.1.8): an ICMP message, of which `view` is
 * valid during the call only, or the third retransmission in a row of one segment.
 */
export type TcpTrouble = NetworkError | 'retransmissions';

/** What a connection tells the application. Calls come within a turn of the stack; what they send leaves at its end. */
export interface TcpHandler {
  /** Both ends have agreed: data may flow. */
  established?(session: TcpSession): void;
  /**
   * Bytes in order. The view is valid during the call only: copy what you keep. Without this method data waits for
   * `session.read()`, and the window closes as the buffer fills.
   */
  data?(bytes: Uint8Array, session: TcpSession): void;
  /** Where there is no `data`: bytes in order wait for `session.read()`. Comes at the end of each turn that leaves some. */
  readable?(session: TcpSession): void;
  /**
   * Whether bytes that came before a reset can still be read after it, as on Linux; else a reset throws them away
   * (RFC 9293 section 3.10.7.4). For handlers without `data`, which then call `session.close()` to let go of the rest.
   */
  readonly readsAfterReset?: boolean;
  /** The peer has pushed what it sent (RFC 9293 section 3.9.1.3), and all of it was handed over. */
  pushed?(session: TcpSession): void;
  /** The peer has finished sending, and everything before that was handed over. */
  end?(session: TcpSession): void;
  /** There is room in the send buffer again, after `write` took less than it was given. */
  writable?(session: TcpSession): void;
  /** The peer announces urgent data (RFC 9293 section 3.8.5): `session.receiver.rcvUp` is behind its last octet. */
  urgent?(session: TcpSession): void;
  /**
   * The peer suggests a user timeout of so many ms, where `userTimeoutOption` is set (RFC 5482). `session.userTimeout` is
   * what holds now: what the program has set itself does not change.
   */
  userTimeout?(session: TcpSession, ms: number): void;
  /** Something goes wrong, and nothing is given up yet: for programs that want to know. */
  trouble?(session: TcpSession, trouble: TcpTrouble): void;
  /** The connection is over: null after an orderly close, else why (ECONNRESET, ETIMEDOUT, …). Comes once, last. */
  closed?(session: TcpSession, error: NetwrightError | null): void;
}
