import type { SessionSurroundings } from '@netwright/layers';
import { TcpSession } from '@netwright/layers';
import { injectable, injectFromBase } from 'inversify';

/**
 * Accepts, and then has no room: the window stays at 0 for ever, and each probe of it is answered, so that whoever
 * scans holds the connection as long as it has patience. After LaBrea (Liston, 2001), with a tenth of a packet's room
 * at first, so that the peer has something to wait for.
 */
@injectable()
@injectFromBase({ extendConstructorArguments: true })
export class TarpitSession extends TcpSession {
  override attach(surroundings: SessionSurroundings): void {
    super.attach({ ...surroundings, settings: { ...surroundings.settings, receiveBuffer: FIRST_WINDOW } });
    // What comes is not read: the buffer fills, and no update of the window is ever due.
    this.pause();
  }

  /** It reads nothing, whatever the application asks. */
  override read(): Uint8Array {
    return new Uint8Array(0);
  }

  override resume(): void {}
}

/** Bytes */
const FIRST_WINDOW = 146;
