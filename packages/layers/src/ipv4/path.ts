import type { IpAddress } from '@netwright/core';
import { fail } from '../errors.js';
import type { Network, PathOptions } from '../ip/network.js';
import { IpPath, type PathParts, type Way } from '../ip/path.js';
import type { IpId, IpTtl } from '../ip/tokens.js';
import { IPV4_SIZE } from './header.js';
import { checkIpOptions } from './header-options.js';
import { itinerary } from './source-route.js';

/** What a path over IPv4 needs of its layer. */
export interface Ipv4PathParts extends PathParts {
  isBroadcast(address: IpAddress): boolean;
}

/** A way to a destination over IPv4: with header options where they were asked for, and a source of identifications. */
export class Ipv4Path extends IpPath {
  readonly headerSize: number;
  readonly loops: boolean;
  /** Whom the header names as the destination: the first gateway where there is a source route. */
  readonly first: IpAddress;
  /** Options that each packet carries, as they leave. */
  readonly headerOptions: Uint8Array | undefined;

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
    const { headerOptions } = options;
    const trip = headerOptions === undefined ? null : itinerary(headerOptions, destination);
    this.first = trip?.first ?? destination;
    this.headerOptions = trip?.options;
    this.headerSize = IPV4_SIZE + (trip?.options.length ?? 0);
    this.loops = options.loop === true && parts.isBroadcast(destination);
  }
}

/** Whether options that a program wrote can be sent. @throws EINVAL */
export function checkWritten(options: Uint8Array): void {
  const size = options.length;
  if (size > 40 || size % 4 !== 0) {
    throw fail('EINVAL', { problem: `IP options take ${size} bytes`, expected: 'Pad them to 4, 8 … 40 bytes.' });
  }
  const { bad, sourceRoute } = checkIpOptions(options);
  if (bad >= 0) {
    throw fail('EINVAL', {
      problem: `Byte ${bad} of the IP options makes no sense`,
      expected: 'See RFC 791 section 3.1.',
    });
  }
  if (sourceRoute === 'passed') {
    const expected = 'Its pointer is 4: the route lies ahead.';
    throw fail('EINVAL', { problem: 'The source route of the IP options has come to its end', expected });
  }
}
