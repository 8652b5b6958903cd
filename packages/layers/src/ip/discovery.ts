import type { Cidr, IpAddress, Layer, NetworkInterface } from '@netwright/core';
import type { Neighbours } from '../link/neighbour.js';
import type { Routes } from './tokens.js';

/** What neighbour discovery asks of, and tells, the network layer above it. */
export interface DiscoveredNetwork {
  readonly routes: Routes;
  /** Whether it carries packets for others: neighbours are told so (the R bit). */
  readonly forwarding: boolean;
  /** Whether `address` is one of its own. */
  isLocal(address: IpAddress): boolean;
  addAddress(cidr: Cidr, via: NetworkInterface): void;
  removeAddress(cidr: Cidr, via: NetworkInterface): void;
  /** New connections begin elsewhere, where there is another address. */
  deprecate(cidr: Cidr, deprecated: boolean): void;
  /** A router says that the link carries less than the device. */
  limitMtu(via: NetworkInterface, mtu: number): void;
}

/** The layer that finds IPv6 neighbours, routers and prefixes; its messages travel as ICMPv6. */
export interface Discovery extends Layer, Neighbours {
  /** The network layer has its addresses: make sure of them, and look for routers. */
  begin(network: DiscoveredNetwork): void;
  /** An address came later: make sure that nobody else has it. */
  added(cidr: Cidr, via: NetworkInterface): void;
}

/** Whether a layer discovers neighbours and routers. */
export function isDiscovery(layer: Layer): layer is Discovery {
  return 'begin' in layer && 'added' in layer && 'neighbour' in layer;
}
