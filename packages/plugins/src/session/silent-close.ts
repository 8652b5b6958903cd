import type { Reason } from '@netwright/core';
import { TcpSession } from '@netwright/layers';
import { injectable, injectFromBase } from 'inversify';

/**
 * Never says goodbye: where a FIN or a reset is due nothing is sent, as by a host that lost its power. For the other
 * end's keep-alive and timeouts.
 */
@injectable()
@injectFromBase({ extendConstructorArguments: true })
export class SilentCloseSession extends TcpSession {
  protected override sendFin(
    flags: number,
    seq: number,
    offset: number,
    length: number,
    why: Reason,
    fresh: boolean,
  ): void {
    // Data that would travel with the FIN still does.
    if (length > 0) this.sendData(flags & ~FIN, seq, offset, length, why, fresh);
  }

  protected override sendReset(): void {}
}

const FIN = 1;
