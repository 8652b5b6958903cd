import type { Random } from '@netwright/core';
import type { Admission, TcpSession } from '@netwright/layers';

/** A point in the life of a connection: so many bytes have come from the program, or gone to it; 0 is its beginning. */
export interface Moment {
  readonly direction: 'received' | 'sent';
  readonly bytes: number;
}

/** Something that happens once on each connection, when its moment has come. */
export interface Plan {
  readonly at: Moment;
  act(session: TcpSession): void;
}

/**
 * What is wrong with the peer just now. Everything that was rebound on its stack looks here, so that a behaviour can be
 * turned on and off while connections are open.
 */
export class Conduct {
  /** What becomes of a SYN. */
  admission: Admission = 'accept';
  /** Nothing is heard and nothing said, of any connection. */
  silent = false;
  /** No room is announced. */
  closedWindow = false;
  /** Bytes a second at which it sends; 0 is as fast as it can. */
  rate = 0;
  readonly plans: Plan[] = [];

  constructor(readonly random: Random) {}

  /** Everything as it should be. Connections that have fallen silent, each by itself, stay so. */
  reset(): void {
    this.admission = 'accept';
    this.silent = this.closedWindow = false;
    this.rate = 0;
    this.plans.length = 0;
  }
}
