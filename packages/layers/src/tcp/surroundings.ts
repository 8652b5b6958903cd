import type { Host, Scope } from '@netwright/core';
import type { Path } from '../ip/network.js';
import type { TcpHandler } from './handler.js';
import type { ConnectionId } from './open/isn.js';
import type { Completion } from './open/listen-policy.js';
import type { BlockPool } from './send/byte-queue.js';
import type { TcpSession } from './session.js';
import type { TcpSettings } from './settings.js';

/** What the TCP layer gives a session to live in. */
export interface SessionSurroundings {
  readonly host: Host;
  readonly blocks: BlockPool;
  readonly id: ConnectionId;
  readonly path: Path;
  readonly settings: TcpSettings;
  readonly scope: Scope;
  readonly handler: TcpHandler;
  /** The connection is established, or data flows already. */
  established(session: TcpSession): void;
  /** The handshake is complete of a connection whose data flowed before. */
  confirmed(session: TcpSession): void;
  /**
   * The answer to a SYN-ACK has come.
   * @param bare without data or FIN.
   * @returns whether it completes the handshake; 'later' drops it, 'reset' refuses the connection.
   */
  completes(session: TcpSession, bare: boolean): Completion;
  /** How often the SYN-ACK may be sent again. */
  answers(session: TcpSession): number;
  /** Whether it is to be sent now that its time has come. */
  answersNow(session: TcpSession): boolean;
  /** The connection has entered TIME-WAIT or is about to be removed: the application is done with it. */
  ended(session: TcpSession): void;
  /** The connection is gone. */
  removed(session: TcpSession): void;
}
