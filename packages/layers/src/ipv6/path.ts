import type { IpAddress } from '@netwright/core';
import type { Network, PathOptions } from '../ip/network.js';
import { IpPath, type PathParts, type Way } from '../ip/path.js';
import type { IpTtl } from '../ip/tokens.js';
import { IPV6_SIZE } from './header.js';

/** A way to a destination over IPv6: a flow, with a label. */
export class Ipv6Path extends IpPath {
  readonly headerSize = IPV6_SIZE;
  readonly loops: boolean;

  constructor(
    network: Network,
    parts: PathParts,
    destination: IpAddress,
    source: IpAddress,
    options: PathOptions,
    ttl: IpTtl,
    /** RFC 6437: the same for all packets of the flow. */
    readonly flowLabel: number,
    way: Way,
  ) {
    super(network, parts, destination, source, options, ttl, way);
    this.loops = options.loop === true && destination.isMulticast;
  }
}
