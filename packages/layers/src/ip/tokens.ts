import { type Cidr, type IpAddress, type NetworkInterface, token } from '@netwright/core';

/** Chooses the identification field of IPv4 packets. */
export interface IpId {
  /** 0..65535 for the next packet to `destination`. `fragmentable` is false where DF is set (RFC 6864: any value will do). */
  next(destination: IpAddress, fragmentable: boolean): number;
}

/** Chooses TTL or hop limit. */
export interface IpTtl {
  /** 1..255 for a packet to `destination`. */
  ttl(destination: IpAddress): number;
}

/** One way out. */
export interface Route {
  readonly to: Cidr;
  /** The next hop; null where destinations are on the link. */
  readonly via: IpAddress | null;
  readonly interface: NetworkInterface;
  /** Lower wins among routes of the same prefix length. */
  readonly metric: number;
  /** The service whose packets alone take this way: a DSCP in the upper six bits. Left out: all of them. */
  readonly trafficClass?: number;
}

/** Chooses the way out. */
export interface Routes {
  /** The best route, or null. @param trafficClass the TOS or traffic class byte of the packets; left out: 0. */
  lookup(destination: IpAddress, trafficClass?: number): Route | null;
  add(route: Route): void;
  remove(route: Route): void;
  list(): readonly Route[];
  /** Changes when any route does: paths look up anew. */
  readonly generation: number;
}

/**
 * Decides which bytes win where fragments of one datagram overlap.
 * Fragments come in any order; `kept` and `arrived` are offsets in the datagram.
 */
export interface FragmentPolicy {
  /** Whether a datagram with overlapping fragments is discarded whole (RFC 5722, and what Linux and Windows do today). */
  readonly dropsOverlaps: boolean;
  /** Whether the newly arrived fragment's bytes replace those kept, where [keptStart, keptEnd) and the new one overlap. */
  prefersNew(keptStart: number, keptEnd: number, newStart: number, newEnd: number): boolean;
}

/** The IPv4 identification field. */
export const IP_ID = token<IpId>('ip.id', {
  scope: 'socket',
  contract: 'IpId',
  fallback: 'RandomIpId: drawn at random for each packet that may be fragmented, 0 for the others',
  changes: 'the identification field of each packet: counters per destination or global, constants, carriers of data',
});

/** The TTL. */
export const IP_TTL = token<IpTtl>('ip.ttl', {
  scope: 'socket',
  contract: 'IpTtl',
  fallback: 'FixedTtl(64)',
  changes: 'the TTL or hop limit of each packet',
});

/** How overlapping fragments are resolved. */
export const IP_FRAGMENTS = token<FragmentPolicy>('ip.fragments', {
  scope: 'stack',
  contract: 'FragmentPolicy',
  fallback: "the policy 'linux'",
  changes: 'which bytes win where fragments overlap: first, last, bsd, bsd-right, linux, windows, solaris, drop',
});

/** The routing table. */
export const IP_ROUTES = token<Routes>('ip.routes', {
  scope: 'stack',
  contract: 'Routes',
  fallback: 'RouteTable: longest prefix, then lowest metric',
  changes: 'which way a packet leaves',
});
