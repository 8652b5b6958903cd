import type { Ipv4Settings } from './settings.js';

/** Every IPv4 link carries this much (RFC 791); smaller news of the path MTU is an attack or an error. */
export const SMALLEST_MTU = 68;

/** What is known of the path to one destination. */
interface Estimate {
  mtu: number;
  /** ms of the clock */
  expires: number;
}

/** RFC 1191 section 7.1: where a router did not say, the next lower of the link MTUs that are common. */
const PLATEAUS = [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, SMALLEST_MTU];

/** The largest packets that routers said would pass, by destination (RFC 1191). Estimates age: paths change. */
export class PathMtuCache {
  /** Changes when an estimate does. */
  generation = 0;
  private readonly estimates = new Map<number, Estimate>();

  constructor(private readonly settings: Ipv4Settings['pmtu']) {}

  /** How many destinations are remembered. */
  get size(): number {
    return this.estimates.size;
  }

  /** The estimate for `destination`, or undefined. */
  find(destination: number, now: number): Estimate | undefined {
    const found = this.estimates.get(destination);
    if (found === undefined || now < found.expires) return found;
    this.estimates.delete(destination);
    this.generation++;
    return undefined;
  }

  /**
   * A router could not pass on a packet of `length` bytes, and said that `mtu` would do; 0 when it did not say.
   * @param current the MTU that the stack has used so far.
   * @returns the new estimate, or null when the news is not news: it can only lower the MTU.
   */
  lower(destination: number, mtu: number, length: number, current: number, now: number): number | null {
    const said = mtu === 0 ? plateauBelow(Math.min(length, current)) : mtu;
    if (said < SMALLEST_MTU) return null;
    const lowered = Math.max(said, Math.min(this.settings.floor, current));
    if (lowered >= current) return null;
    if (this.estimates.size >= this.settings.destinations && !this.estimates.has(destination)) {
      const oldest = this.estimates.keys().next();
      if (!oldest.done) this.estimates.delete(oldest.value);
    }
    this.estimates.set(destination, { mtu: lowered, expires: now + this.settings.age });
    this.generation++;
    return lowered;
  }
}

function plateauBelow(length: number): number {
  return PLATEAUS.find((each) => each < length) ?? SMALLEST_MTU;
}
