import type { IpAddress } from '@netwright/core';
import type { Network, PathOptions } from '../ip/network.js';
import { IpPath, type PathParts, type Way } from '../ip/path.js';
import type { IpId, IpTtl } from '../ip/tokens.js';
import { IPV4_SIZE } from './header.js';

/** What a path over IPv4 needs of its layer. */
export interface Ipv4PathParts extends PathParts {
  isBroadcast(address: IpAddress): boolean;
}

/** A way to a destination over IPv4: with header options where they were asked for, and a source of identifications. */
export class Ipv4Path extends IpPath {
  readonly headerSize: number;
  readonly loops: boolean;

  constructor(
    network: Network,
    parts: Ipv4PathParts,
    destination: IpAddress,
    source: IpAddress,
    options: PathOptions,
    ttl: IpTtl,
    readonly id: IpId,
    way: Way,
  ) {
    super(network, parts, destination, source, options, ttl, way);
    this.headerSize = IPV4_SIZE + (options.headerOptions?.length ?? 0);
    this.loops = options.loop === true && parts.isBroadcast(destination);
  }

  /** Options that each packet carries. */
  get headerOptions(): Uint8Array | undefined {
    return this.options.headerOptions;
  }
}
