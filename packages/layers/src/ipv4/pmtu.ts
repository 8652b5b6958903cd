import type { IpAddress } from '@netwright/core';
import type { NetworkError } from '../ip/network.js';
import { PathMtuCache } from '../ip/path-mtu.js';
import type { Ipv4Settings } from './settings.js';

/** Every IPv4 link carries this much (RFC 791); smaller news of the path MTU is an attack or an error. */
export const SMALLEST_MTU = 68;

/** RFC 1191 section 7.1: where a router did not say, the next lower of the link MTUs that are common. */
const PLATEAUS = [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, SMALLEST_MTU];

/** Path MTUs as IPv4 learns them (RFC 1191): a router may not say what would pass. */
export class Ipv4PathMtu extends PathMtuCache {
  constructor(private readonly settings: Ipv4Settings['pmtu']) {
    super(settings);
  }

  /**
   * A router has told that a packet of ours was too large for what follows it.
   * @param link the MTU of the first link. @returns whether the estimate has changed.
   */
  learn({ destination, mtu }: NetworkError, length: number, headerSize: number, link: number, now: number): boolean {
    const current = Math.min(this.find(destination, now)?.mtu ?? 65535, link);
    return this.lower(destination, mtu, length, headerSize, current, now) !== null;
  }

  /**
   * A router could not pass on a packet of `length` bytes, and said that `mtu` would do; 0 when it did not say.
   * @param headerSize bytes of the packet's header: routers of 4.2BSD add them to `length` (RFC 1191 section 5).
   * @param current the MTU that the stack has used so far.
   * @returns the new estimate, or null when the news is not news: it can only lower the MTU.
   */
  lower(
    destination: IpAddress,
    mtu: number,
    length: number,
    headerSize: number,
    current: number,
    now: number,
  ): number | null {
    const sent = length < current ? length : Math.min(length - headerSize, current);
    const said = mtu === 0 ? plateauBelow(sent) : mtu;
    if (said < SMALLEST_MTU) return null;
    const lowered = Math.max(said, Math.min(this.settings.floor, current));
    if (lowered >= current) return null;
    this.set(destination, lowered, now);
    return lowered;
  }
}

function plateauBelow(length: number): number {
  return PLATEAUS.find((each) => each < length) ?? SMALLEST_MTU;
}
