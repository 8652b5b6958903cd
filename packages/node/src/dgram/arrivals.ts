import type { UdpOrigin } from '@netwright/layers';

/** A datagram that waits for the program. */
export interface Arrival {
  readonly data: Buffer;
  readonly from: UdpOrigin;
}

/** What a datagram counts for beyond its bytes, as the kernel counts its bookkeeping: a flood of empty ones is bounded, too. */
const OVERHEAD = 256;

/** Datagrams on their way to the program, as many as its receive buffer holds; what does not fit is lost. */
export class Arrivals {
  private readonly waiting: Arrival[] = [];
  private held = 0;

  /** @param limit bytes, as `getRecvBufferSize` tells. */
  constructor(public limit: number) {}

  get count(): number {
    return this.waiting.length;
  }

  /** Keeps a copy. @returns whether there was room. */
  add(data: Uint8Array, from: UdpOrigin): boolean {
    const size = data.length + OVERHEAD;
    // One always fits: the smallest buffer of a socket still takes a whole datagram.
    if (this.held > 0 && this.held + size > this.limit) return false;
    this.held += size;
    const copy = Buffer.allocUnsafeSlow(data.length);
    copy.set(data);
    this.waiting.push({ data: copy, from });
    return true;
  }

  take(): Arrival | undefined {
    const next = this.waiting.shift();
    if (next !== undefined) this.held -= next.data.length + OVERHEAD;
    return next;
  }

  clear(): void {
    this.waiting.length = 0;
    this.held = 0;
  }
}
