import { addSums, type IpAddress, type NetworkInterface } from '@netwright/core';
import type { Network, NoPath, Path, PathOptions } from '../ip/network.js';
import type { IpTtl, Routes } from '../ip/tokens.js';
import type { Neighbour } from '../link/neighbour.js';
import { IPV6_SIZE } from './header.js';
import type { PathMtuCache6 } from './pmtu.js';

/** How packets leave just now. */
export interface Way6 {
  readonly interface: NetworkInterface;
  /** Null where packets stay in the stack. */
  readonly neighbour: Neighbour | null;
  /** What the route and the addresses suggest to send from. */
  readonly source: IpAddress;
}

/** What a path needs of the layer. */
export interface Path6Parts {
  readonly routes: Routes;
  readonly pathMtu: PathMtuCache6;
  now(): number;
  way(destination: IpAddress, options: PathOptions): Way6 | NoPath;
  /** What the link of `via` carries: a router may have said less than the device. */
  linkMtu(via: NetworkInterface): number;
}

/** A way to a destination that follows the routes as they change, and the path MTU as it becomes known. */
export class Ipv6Path implements Path {
  readonly headerSize = IPV6_SIZE;
  readonly addressSum: number;
  /** Whether we hear it ourselves, where we have joined the group. */
  readonly loops: boolean;
  /** False while there is no route: packets are dropped then, and the path recovers by itself. */
  private routed = true;
  private routesSeen: number;
  private pmtuSeen = -1;
  private estimate = Number.POSITIVE_INFINITY;
  private estimateExpires = Number.POSITIVE_INFINITY;

  constructor(
    readonly network: Network,
    private readonly parts: Path6Parts,
    readonly destination: IpAddress,
    readonly source: IpAddress,
    private readonly options: PathOptions,
    readonly ttl: IpTtl,
    /** RFC 6437: the same for all packets of the flow. */
    readonly flowLabel: number,
    private way: Way6,
  ) {
    this.routesSeen = parts.routes.generation;
    this.loops = options.loop === true && destination.isMulticast;
    this.addressSum = addSums(addressSum(source), addressSum(destination));
  }

  /** The way as of now, or null where there is none. */
  now(): Way6 | null {
    if (this.routesSeen !== this.parts.routes.generation) this.lookUp();
    return this.routed ? this.way : null;
  }

  get interface(): NetworkInterface {
    return this.latest().interface;
  }

  get local(): boolean {
    return this.latest().neighbour === null;
  }

  get mtu(): number {
    const mtu = this.parts.linkMtu(this.latest().interface);
    const { pathMtu: pmtu } = this.parts;
    if (this.pmtuSeen !== pmtu.generation) this.readEstimate();
    else if (this.estimate !== Number.POSITIVE_INFINITY && this.parts.now() >= this.estimateExpires)
      this.readEstimate();
    return Math.min(this.estimate, mtu);
  }

  get checksumOffload(): boolean {
    const way = this.latest();
    // What stays in memory needs no checksum; delivery marks it as verified.
    return way.neighbour === null || way.interface.device.offload.checksum;
  }

  get segmentation(): number {
    const way = this.latest();
    return way.neighbour === null ? 0 : way.interface.device.offload.segmentation;
  }

  confirm(): void {
    this.way.neighbour?.confirm();
  }

  doubt(): void {
    this.way.neighbour?.doubt?.();
  }

  private latest(): Way6 {
    if (this.routesSeen !== this.parts.routes.generation) this.lookUp();
    return this.way;
  }

  private lookUp(): void {
    this.routesSeen = this.parts.routes.generation;
    const way = this.parts.way(this.destination, { ...this.options, source: this.source });
    this.routed = typeof way !== 'string';
    if (typeof way !== 'string') this.way = way;
  }

  private readEstimate(): void {
    const { pathMtu: pmtu } = this.parts;
    const found = pmtu.find(this.destination, this.parts.now());
    this.pmtuSeen = pmtu.generation;
    this.estimate = found?.mtu ?? Number.POSITIVE_INFINITY;
    this.estimateExpires = found?.expires ?? Number.POSITIVE_INFINITY;
  }
}

/** The folded sum of an address. */
function addressSum({ a, b, c, d }: IpAddress): number {
  return addSums(addSums(wordSum(a), wordSum(b)), addSums(wordSum(c), wordSum(d)));
}

function wordSum(word: number): number {
  return addSums(word >>> 16, word & 0xffff);
}
