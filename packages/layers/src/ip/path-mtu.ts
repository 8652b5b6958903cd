import type { IpAddress } from '@netwright/core';

/** What is known of the path to one destination. */
interface Estimate {
  /** bytes */
  readonly mtu: number;
  /** ms of the clock */
  readonly expires: number;
}

/** How long estimates are kept, and how many. */
export interface PathMtuLimits {
  /** ms */
  readonly age: number;
  readonly destinations: number;
}

/** The largest packets that routers said would pass, by destination. Estimates age: paths change (RFC 8201 section 4). */
export class PathMtuCache {
  /** Changes when an estimate does. */
  generation = 0;
  /** The oldest first. Asked when a path is made or an estimate changes, never per packet. */
  private readonly estimates = new Map<string, Estimate>();

  constructor(private readonly limits: PathMtuLimits) {}

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

  /** Remembers that `mtu` bytes pass; the oldest estimate makes room. */
  protected set(destination: IpAddress, mtu: number, now: number): void {
    const key = `${destination}`;
    if (this.estimates.size >= this.limits.destinations && !this.estimates.has(key)) {
      const oldest = this.estimates.keys().next();
      if (!oldest.done) this.estimates.delete(oldest.value);
    }
    this.estimates.set(key, { mtu, expires: now + this.limits.age });
    this.generation++;
  }
}
