import { Cidr, IpAddress, type NetworkInterface, type Packet } from '@netwright/core';
import { EtherType } from '../ethernet/header.js';
import type { Route, Routes } from '../ip/tokens.js';
import type { Neighbours } from '../link/neighbour.js';
import type { Ipv4Addresses } from './addresses.js';
import { IPV4 } from './header.js';

/** ms for which a gateway that did not answer is no alternative to another one. */
const AVOIDED = 10_000;

/** What is known of next hops beyond the routes: which of them failed, and which better ones they have told of. */
export class Gateways {
  /** Who finds hardware addresses; null where the stack has no link. */
  neighbours: Neighbours | null = null;
  /** When each failed, ms of the clock. */
  private readonly failedAt = new Map<string, number>();
  /** Routes that redirects made, the oldest first. */
  private readonly redirects: Route[] = [];

  constructor(
    private readonly routes: Routes,
    private readonly addresses: Ipv4Addresses,
    /** Redirects that are remembered. */
    private readonly limit: number,
  ) {}

  /** How many redirects are in force. */
  get redirected(): number {
    return this.redirects.length;
  }

  /**
   * A next hop does not answer (RFC 1122 section 3.3.1.5): what it was told to be is forgotten, and other gateways to the
   * same destinations come first from now on.
   */
  failed(address: IpAddress, via: NetworkInterface, now: number): void {
    for (const [key, at] of this.failedAt) if (now - at >= AVOIDED) this.failedAt.delete(key);
    if (this.routes.list().some((each) => each.via?.equals(address) === true))
      this.failedAt.set(keyOf(address, via), now);
    for (const route of this.redirects.filter((each) => leadsTo(each, address, via))) this.forget(route);
    for (const route of this.routes.list().filter((each) => leadsTo(each, address, via))) {
      const others = this.routes.list().filter((each) => each !== route && sameNetwork(each, route));
      if (others.length === 0 || route.via === null) continue;
      this.routes.remove(route);
      this.routes.add({ ...route, metric: Math.max(route.metric, ...others.map(({ metric }) => metric)) });
    }
  }

  /**
   * Sends a packet whose next hop did not answer by another gateway; takes ownership then.
   * @returns whether there is one that has not just failed, too.
   */
  detour(packet: Packet, now: number): boolean {
    const route = this.routes.lookup(IpAddress.read(packet.view, packet.start + IPV4.destination, 4));
    if (route === null || route.via === null || this.neighbours === null) return false;
    const failed = this.failedAt.get(keyOf(route.via, route.interface));
    if (failed !== undefined && now - failed < AVOIDED) return false;
    this.neighbours.neighbour(route.via, route.interface).send(packet, EtherType.Ipv4);
    return true;
  }

  /**
   * A gateway says that packets to `destination` should go to `target` (RFC 1122 sections 3.2.2.2 and 3.3.1.2): one for a
   * network counts for the one destination, too.
   * @returns whether it is the gateway that they go to now, and `target` a neighbour on the same link.
   */
  redirect(from: IpAddress, via: NetworkInterface, destination: IpAddress, target: IpAddress): boolean {
    const used = this.routes.lookup(destination);
    if (used === null || used.interface !== via || used.via?.equals(from) !== true || target.equals(from)) return false;
    const near = via.addresses.some((each) => each.address.version === 4 && each.contains(target));
    if (!near || this.addresses.isOwn(target.d) || this.addresses.isBroadcastOn(target.d, via)) return false;
    const known = this.redirects.find((each) => each.to.address.equals(destination));
    if (known !== undefined) this.forget(known);
    else if (this.redirects.length >= this.limit) this.forget(this.redirects[0]);
    const hop = target.equals(destination) ? null : target;
    const route: Route = { to: new Cidr(destination, 32), via: hop, interface: via, metric: 0 };
    this.redirects.push(route);
    this.routes.add(route);
    return true;
  }

  /** Lets go of what was learned. */
  clear(): void {
    for (const route of [...this.redirects]) this.forget(route);
    this.failedAt.clear();
  }

  private forget(route: Route): void {
    this.redirects.splice(this.redirects.indexOf(route), 1);
    this.routes.remove(route);
  }
}

function keyOf(address: IpAddress, via: NetworkInterface): string {
  return `${address} ${via.index}`;
}

/** Whether the next hop of a route is this neighbour. */
function leadsTo(route: Route, address: IpAddress, via: NetworkInterface): boolean {
  return route.interface === via && (route.via ?? route.to.address).equals(address);
}

function sameNetwork({ to }: Route, other: Route): boolean {
  return to.prefix === other.to.prefix && to.contains(other.to.address);
}
