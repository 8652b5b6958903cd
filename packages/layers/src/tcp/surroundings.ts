import type { Host, Scope } from '@netwright/core';
import type { Path } from '../ip/network.js';
import type { TcpHandler } from './handler.js';
import type { ConnectionId } from './open/isn.js';
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
  /** The connection is established. */
  established(session: TcpSession): void;
  /** The connection has entered TIME-WAIT or is about to be removed: the application is done with it. */
  ended(session: TcpSession): void;
  /** The connection is gone. */
  removed(session: TcpSession): void;
}
