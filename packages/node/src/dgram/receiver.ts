import type { UdpOrigin } from '@netwright/layers';
import type { Rounds } from '../rounds.js';
import { type Arrival, Arrivals } from './arrivals.js';

/** Datagrams that libuv reads of one socket before others have their turn. */
const BURST = 32;

/** What a socket hears: datagrams one after the other, those among them that come while it is told, and errors before them. */
export class Receiver {
  private readonly arrivals: Arrivals;
  private listening = false;
  private queued = false;
  private told = 0;
  /** SO_ERROR: UV's number, until somebody has heard it. */
  private pending = 0;

  /**
   * @param limit bytes, as `Arrivals` has it.
   * @param tell takes a datagram and its size, or UV's number of an error.
   */
  constructor(
    private readonly rounds: Pick<Rounds, 'tell' | 'tellNext' | 'settle'>,
    limit: number,
    private readonly tell: (size: number, arrival?: Arrival) => void,
  ) {
    this.arrivals = new Arrivals(limit);
  }

  set limit(bytes: number) {
    this.arrivals.limit = bytes;
  }

  /** Whether the program wants to hear. */
  get active(): boolean {
    return this.listening;
  }

  start(): void {
    this.listening = true;
    this.ask();
  }

  stop(): void {
    this.listening = false;
  }

  /** Keeps a copy. @returns whether there was room. */
  add(data: Uint8Array, from: UdpOrigin): boolean {
    const kept = this.arrivals.add(data, from);
    this.ask();
    return kept;
  }

  fail(errno: number): void {
    this.pending = errno;
    this.ask();
  }

  /** The error, which is told once; 0 where there is none. */
  takeError(): number {
    const { pending } = this;
    this.pending = 0;
    return pending;
  }

  clear(): void {
    this.arrivals.clear();
  }

  private ask(): void {
    if (this.queued || !this.listening || (this.arrivals.count === 0 && this.pending === 0)) return;
    this.queued = true;
    this.rounds.tell(this.read);
  }

  private readonly read = (): void => {
    // What was sent since this round began is here, as on a kernel's loopback.
    this.rounds.settle();
    this.queued = false;
    const error = this.listening ? this.takeError() : 0;
    const arrival = this.listening && error === 0 ? this.arrivals.take() : undefined;
    if (arrival !== undefined && ++this.told < BURST) {
      this.queued = true;
      this.rounds.tellNext(this.read);
    } else {
      this.told = 0;
      this.ask();
    }
    if (error !== 0) this.tell(error);
    else if (arrival !== undefined) this.tell(arrival.data.length, arrival);
  };
}
