import { seqAdd, seqBefore, seqDistance, type TcpSession } from '@netwright/layers';
import { failure, type Result, success } from '../socket/descriptor.js';

/**
 * Urgent data as BSD hands it over (tcp(4), recv(2) with MSG_OOB): the last byte before the pointer is taken out of the
 * stream, and a read stops where it was.
 */
export class UrgentByte {
  private at: number | null = null;
  private taken = false;

  /** A new pointer has come. */
  announced(session: TcpSession): void {
    this.at = seqAdd(session.receiver.rcvUp, -1);
    this.taken = false;
  }

  /** How many of `readable` bytes lie before it; what stands at it is skipped. */
  before(session: TcpSession, readable: number): number {
    if (this.at === null) return readable;
    const { rcvNxt, finished } = session.receiver;
    const begin = seqAdd(rcvNxt, -session.receiver.readable - (finished ? 1 : 0));
    const distance = seqDistance(begin, this.at);
    if (distance < 0 || distance >= readable) return readable;
    if (distance > 0) return distance;
    session.read(1);
    return session.receiver.readable;
  }

  /** How many bytes that can be read lie before it; null where it was passed, or there is none. */
  distance(session: TcpSession): number | null {
    const { rcvNxt, readable, finished } = session.receiver;
    if (this.at === null) return null;
    const distance = seqDistance(seqAdd(rcvNxt, -readable - (finished ? 1 : 0)), this.at);
    return distance < 0 || distance > readable ? null : distance;
  }

  /** Whether it has come, and nobody has taken it. */
  waits(session: TcpSession): boolean {
    return this.at !== null && !this.taken && seqBefore(this.at, session.receiver.rcvNxt);
  }

  /** recv(MSG_OOB). */
  take(session: TcpSession, peek: boolean): Result {
    if (this.at === null || this.taken) return failure('EINVAL');
    if (!seqBefore(this.at, session.receiver.rcvNxt)) return failure('EAGAIN');
    if (!peek) this.taken = true;
    return success(1);
  }
}
