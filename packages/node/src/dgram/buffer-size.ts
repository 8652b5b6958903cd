import { errno, textOf } from './errno.js';

/** Where Node wants to read what went wrong. */
export interface ErrorContext {
  errno?: number;
  code?: string;
  message?: string;
  syscall?: string;
}

/** SO_RCVBUF and SO_SNDBUF as Linux has them: what is asked for is doubled, and kept between two limits. */
export class BufferSizes {
  /** Bytes, as they are told: net.core.rmem_default. */
  receive = 212992;
  send = 212992;

  /**
   * Reads (0) or changes one of them.
   * @returns undefined where it cannot be: `context` tells why.
   */
  access(size: number, receive: boolean, bound: boolean, context: ErrorContext): number | undefined {
    const why = size > 0x7fffffff ? 'EINVAL' : bound ? null : 'EBADF';
    if (why !== null) {
      const number = errno(why);
      const syscall = receive ? 'uv_recv_buffer_size' : 'uv_send_buffer_size';
      Object.assign(context, { errno: number, code: why, message: textOf(number), syscall });
      return undefined;
    }
    if (size === 0) return receive ? this.receive : this.send;
    // socket(7); the least is SOCK_MIN_RCVBUF and SOCK_MIN_SNDBUF, the most what net.core.rmem_max allows, doubled.
    if (receive) this.receive = Math.max(2 * Math.min(size, MOST), 2304);
    else this.send = Math.max(2 * Math.min(size, MOST), 4608);
    return size;
  }
}

const MOST = 4194304;
