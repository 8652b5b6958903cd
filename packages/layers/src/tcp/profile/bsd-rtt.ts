import type { RttEstimator } from '../recovery/rtt.js';

/** Numbers of FreeBSD's timeouts, in ms (tcp(4): net.inet.tcp.rexmit_initial, rexmit_min, rexmit_slop). */
export interface BsdTimeouts {
  initial: number;
  minimum: number;
  /** Added to each timeout, whatever it is. */
  slop: number;
  maximum: number;
  /** Bounds of the time between probes of a closed window. */
  persistMinimum: number;
  persistMaximum: number;
}

/** As the system comes. */
export const BSD_TIMEOUTS: Readonly<BsdTimeouts> = {
  initial: 1000,
  minimum: 30,
  slop: 200,
  maximum: 64_000,
  persistMinimum: 5000,
  persistMaximum: 60_000,
};

/** It is doubled so often, and not more. */
const MOST_DOUBLINGS = 9;

/**
 * RFC 6298 with FreeBSD's numbers: the slop is added after the doubling, so that a timeout that lasts 230 ms is
 * followed by one of 260 ms.
 */
export class BsdRtt implements RttEstimator {
  srtt = 0;
  rttvar = 0;
  min = Number.POSITIVE_INFINITY;
  rto: number;
  private shift = 0;

  constructor(private readonly timeouts: Readonly<BsdTimeouts> = BSD_TIMEOUTS) {
    this.rto = timeouts.initial;
  }

  sample(ms: number): void {
    if (this.min === Number.POSITIVE_INFINITY) {
      this.srtt = ms;
      this.rttvar = ms / 2;
    } else {
      this.rttvar += (Math.abs(this.srtt - ms) - this.rttvar) / 4;
      this.srtt += (ms - this.srtt) / 8;
    }
    if (ms < this.min) this.min = ms;
    this.shift = 0;
    this.set();
  }

  backOff(): void {
    this.shift++;
    this.set();
  }

  settle(): void {
    this.shift = 0;
    this.set();
  }

  probeInterval(times: number): number {
    const { persistMinimum, persistMaximum } = this.timeouts;
    const wait = this.measured ? this.srtt / 4 + this.rttvar * 2 : this.timeouts.initial;
    return Math.min(Math.max(this.doubled(wait, times), persistMinimum), persistMaximum);
  }

  private get measured(): boolean {
    return this.min !== Number.POSITIVE_INFINITY;
  }

  private set(): void {
    const { initial, minimum, maximum } = this.timeouts;
    const value = this.measured ? Math.max(minimum, this.srtt + 4 * this.rttvar) : initial;
    this.rto = Math.min(Math.max(this.doubled(value, this.shift), minimum), maximum);
  }

  private doubled(value: number, times: number): number {
    return value * 2 ** Math.min(times, MOST_DOUBLINGS) + this.timeouts.slop;
  }
}
