import type { IpAddress } from '@netwright/core';
import { PathMtuCache } from '../ip/path-mtu.js';
import { IPV6_MIN_MTU } from './header.js';

/** Path MTUs as IPv6 learns them (RFC 8201). */
export class Ipv6PathMtu extends PathMtuCache {
  /**
   * A router could not pass on a packet, and said that `mtu` would do.
   * @param current the MTU that the stack has used so far.
   * @returns the new estimate, or null when it is no news: it can only lower the MTU, and never below 1280 bytes
   * (RFC 8201 section 4).
   */
  lower(destination: IpAddress, mtu: number, current: number, now: number): number | null {
    if (mtu < IPV6_MIN_MTU || mtu >= current) return null;
    this.set(destination, mtu, now);
    return mtu;
  }
}
