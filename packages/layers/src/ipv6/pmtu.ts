import type { IpAddress } from '@netwright/core';
import { IPV6_MIN_MTU } from './header.js';

/** What is known of the path to one destination. */
interface Estimate {
  readonly destination: IpAddress;
  mtu: number;
  /** ms of the clock */
  expires: number;
}

/** The largest packets that routers said would pass, by destination (RFC 8201). Estimates age: paths change. */
export class PathMtuCache6 {
  /** Changes when an estimate does. */
  generation = 0;
  /** The oldest first. Asked when a path is made or an estimate changes, never per packet. */
  private readonly estimates = new Map<string, Estimate>();

  constructor(private readonly settings: { readonly age: number; readonly destinations: number }) {}

  /** How many destinations are remembered. */
  get size(): number {
    return this.estimates.size;
  }

  /** The estimate for `destination`, or undefined. */
  find(destination: IpAddress, now: number): Estimate | undefined {
    if (this.estimates.size === 0) return undefined;
    const key = `${destination}`;
    const found = this.estimates.get(key);
    if (found === undefined || now < found.expires) return found;
    this.estimates.delete(key);
    this.generation++;
    return undefined;
  }

  /**
   * A router could not pass on a packet, and said that `mtu` would do.
   * @param current the MTU that the stack has used so far.
   * @returns the new estimate, or null when it is no news: it can only lower the MTU, and never below 1280 bytes
   * (RFC 8201 section 4).
   */
  lower(destination: IpAddress, mtu: number, current: number, now: number): number | null {
    if (mtu < IPV6_MIN_MTU || mtu >= current) return null;
    const key = `${destination}`;
    if (this.estimates.size >= this.settings.destinations && !this.estimates.has(key)) {
      const oldest = this.estimates.keys().next();
      if (!oldest.done) this.estimates.delete(oldest.value);
    }
    this.estimates.set(key, { destination, mtu, expires: now + this.settings.age });
    this.generation++;
    return mtu;
  }
}
