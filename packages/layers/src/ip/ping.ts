import type { Host, IpAddress, Timer } from '@netwright/core';
import type { NetworkError, NoPath } from './network.js';

/** What became of one echo request. */
export type PingResult =
  | {
      readonly ok: true;
      /** Who answered; the destination, unless that was a broadcast. */
      readonly from: IpAddress;
      readonly sequence: number;
      /** Bytes of data that came back. */
      readonly size: number;
      /** TTL of the reply. */
      readonly hopLimit: number;
      /** Round-trip time in ms. */
      readonly time: number;
      /** The IP options of the reply: the route that was recorded, the times. */
      readonly headerOptions?: Uint8Array;
    }
  | {
      readonly ok: false;
      readonly sequence: number;
      readonly why: 'timeout' | 'busy' | 'no-memory' | 'stopped' | NoPath | NetworkError['kind'];
      /** Who reported the error, where somebody did. */
      readonly from?: IpAddress;
    };

/** What a program may choose about a ping. */
export interface PingOptions {
  /** Bytes of data; 56 unless said otherwise. */
  readonly size?: number;
  /** ms to wait for the reply; 1000 unless said otherwise. */
  readonly timeout?: number;
  /** TTL of the request; the stack's unless said otherwise. */
  readonly ttl?: number;
  /** Whether routers may not fragment the request. */
  readonly dontFragment?: boolean;
  readonly source?: IpAddress;
  /** IP options of the request, as `PathOptions` has them; IPv4 alone. */
  readonly headerOptions?: Uint8Array;
  /** Called with the result, in the turn in which it is known: for programs that do not await. */
  readonly observe?: (result: PingResult) => void;
}

/** One echo request that waits for its reply. */
interface Waiting {
  readonly destination: IpAddress;
  readonly many: boolean;
  readonly sentAt: number;
  readonly timer: Timer;
  readonly done: (result: PingResult) => void;
}

/** Echo requests under way, by sequence number. */
export class Pings {
  private readonly waiting = new Map<number, Waiting>();
  private sequence = 0;

  constructor(
    private readonly host: Host,
    private readonly limit: number,
  ) {}

  /** How many wait. */
  get size(): number {
    return this.waiting.size;
  }

  /** The sequence number of the next request, or null when too many are under way. */
  next(): number | null {
    if (this.waiting.size >= this.limit) return null;
    while (this.waiting.has(this.sequence)) this.sequence = (this.sequence + 1) & 0xffff;
    const { sequence } = this;
    this.sequence = (sequence + 1) & 0xffff;
    return sequence;
  }

  /** A request has been sent. @param many whether anybody may answer it. */
  expect(sequence: number, destination: IpAddress, many: boolean, timeout: number, done: Waiting['done']): void {
    const timer = this.host.timer(() => this.finish(sequence, { ok: false, sequence, why: 'timeout' }));
    timer.start(timeout);
    this.waiting.set(sequence, { destination, many, sentAt: this.host.turn.now, timer, done });
  }

  /** A reply came. @returns whether one was waited for, from there. */
  answered(sequence: number, from: IpAddress, size: number, hopLimit: number, headerOptions?: Uint8Array): boolean {
    const found = this.waiting.get(sequence);
    if (found === undefined || !(found.many || found.destination.equals(from))) return false;
    const time = this.host.turn.now - found.sentAt;
    this.finish(sequence, {
      ok: true,
      from,
      sequence,
      size,
      hopLimit,
      time,
      ...(headerOptions === undefined ? {} : { headerOptions }),
    });
    return true;
  }

  /** Whether a request with this number to `destination` waits. */
  waitsFor(sequence: number, destination: IpAddress): boolean {
    return this.waiting.get(sequence)?.destination.equals(destination) === true;
  }

  /** An error about a request that waits came. */
  failed(sequence: number, error: NetworkError): void {
    this.finish(sequence, { ok: false, sequence, why: error.kind, from: error.from });
  }

  /** Gives all of them up. */
  stop(): void {
    for (const sequence of [...this.waiting.keys()]) this.finish(sequence, { ok: false, sequence, why: 'stopped' });
  }

  private finish(sequence: number, result: PingResult): void {
    const found = this.waiting.get(sequence);
    if (found === undefined) return;
    this.waiting.delete(sequence);
    found.timer.stop();
    found.done(result);
  }
}
