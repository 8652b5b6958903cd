import { addSums, type IpAddress, type NetworkInterface } from '@netwright/core';
import type { Neighbour } from '../link/neighbour.js';
import type { Network, NoPath, Path, PathOptions } from './network.js';
import type { PathMtuCache } from './path-mtu.js';
import type { IpTtl, Routes } from './tokens.js';

/** How packets leave just now. */
export interface Way {
  readonly interface: NetworkInterface;
  /** Null where packets stay in the stack. */
  readonly neighbour: Neighbour | null;
  /** What the route and the addresses suggest to send from. */
  readonly source: IpAddress;
}

/** What a path needs of its layer. */
export interface PathParts {
  readonly routes: Routes;
  readonly pathMtu: PathMtuCache;
  now(): number;
  way(destination: IpAddress, options: PathOptions): Way | NoPath;
  /** What the link of `via` carries, in bytes: a router may have said less than the device. */
  linkMtu(via: NetworkInterface): number;
}

/** A way to a destination that follows the routes as they change, and the path MTU as it becomes known. */
export abstract class IpPath implements Path {
  abstract readonly headerSize: number;
  /** Whether we hear it ourselves, where we have joined the group, or where it is for everybody. */
  abstract readonly loops: boolean;
  readonly addressSum: number;
  /** Whether packets are never cut, also where their transport does not ask for it. */
  readonly whole: boolean;
  /** False while there is no route: packets are dropped then, and the path recovers by itself. */
  private routed = true;
  private routesSeen: number;
  private pmtuSeen = -1;
  private estimate = Number.POSITIVE_INFINITY;
  private estimateExpires = Number.POSITIVE_INFINITY;

  constructor(
    readonly network: Network,
    private readonly parts: PathParts,
    readonly destination: IpAddress,
    readonly source: IpAddress,
    protected readonly options: PathOptions,
    readonly ttl: IpTtl,
    private way: Way,
  ) {
    this.routesSeen = parts.routes.generation;
    this.whole = options.whole !== undefined;
    this.addressSum = addSums(sumOf(source), sumOf(destination));
  }

  /** The way as of now, or null where there is none. */
  now(): Way | null {
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
    if (this.options.whole === 'link') return mtu;
    const { pathMtu } = this.parts;
    if (this.pmtuSeen !== pathMtu.generation) this.readEstimate();
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

  private latest(): Way {
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
    const { pathMtu } = this.parts;
    const found = pathMtu.find(this.destination, this.parts.now());
    this.pmtuSeen = pathMtu.generation;
    this.estimate = found?.mtu ?? Number.POSITIVE_INFINITY;
    this.estimateExpires = found?.expires ?? Number.POSITIVE_INFINITY;
  }
}

/** The folded sum of an address; the words that IPv4 leaves unused count nothing where they are 0. */
function sumOf({ version, a, b, c, d }: IpAddress): number {
  return version === 4 ? wordSum(d) : addSums(addSums(wordSum(a), wordSum(b)), addSums(wordSum(c), wordSum(d)));
}

function wordSum(word: number): number {
  return addSums(word >>> 16, word & 0xffff);
}
