import type { ReceivedDatagram, UdpOrigin } from './datagram.js';

/** What a queued datagram is counted as beyond its payload, in bytes: a flood of empty ones must fill the queue too. */
const OVERHEAD = 128;

/** Datagrams that wait for the program. It is bounded by bytes; what does not fit is dropped, as a network would. */
export class DatagramQueue {
  private readonly waiting: ReceivedDatagram[] = [];
  private held = 0;

  /** @param limit bytes. */
  constructor(readonly limit: number) {}

  /** How many wait. */
  get length(): number {
    return this.waiting.length;
  }

  /** Keeps a copy of `data`. @returns false when there is no room. */
  offer(data: Uint8Array, from: UdpOrigin): boolean {
    const size = data.length + OVERHEAD;
    if (this.held + size > this.limit) return false;
    this.held += size;
    // Not `slice`: that of a Buffer would share its memory.
    this.waiting.push({ data: new Uint8Array(data), from });
    return true;
  }

  /** The oldest. */
  take(): ReceivedDatagram | undefined {
    const next = this.waiting.shift();
    if (next !== undefined) this.held -= next.data.length + OVERHEAD;
    return next;
  }

  clear(): void {
    this.waiting.length = 0;
    this.held = 0;
  }
}
