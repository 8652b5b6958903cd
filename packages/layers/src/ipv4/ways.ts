import { Cidr, type Host, IpAddress, type NetworkInterface } from '@netwright/core';
import { fail } from '../errors.js';
import type { NoPath, PathOptions } from '../ip/network.js';
import type { Way } from '../ip/path.js';
import type { Route, Routes } from '../ip/tokens.js';
import type { Neighbours } from '../link/neighbour.js';
import type { Ipv4Addresses } from './addresses.js';
import type { Ipv4Settings } from './settings.js';

const LOCALHOST = IpAddress.v4(0x7f000001);

/** Finds how a destination is reached: which interface, which next hop, which source address. */
export class Ways {
  /** Who finds hardware addresses; null where the stack has no link. */
  neighbours: Neighbours | null = null;

  constructor(
    private readonly host: Host,
    private readonly addresses: Ipv4Addresses,
    private readonly routes: Routes,
    /** Where 127.0.0.0/8 is. */
    private readonly inside: NetworkInterface,
  ) {}

  /** The way to `destination`, or why there is none. */
  find(destination: IpAddress, options: PathOptions): Way | NoPath {
    if (destination.version !== 4) return 'EAFNOSUPPORT';
    const wanted = options.source === undefined || options.source.isAny ? undefined : options.source;
    if (wanted !== undefined && !wanted.isLoopback && !this.addresses.isOwn(wanted.d)) return 'EADDRNOTAVAIL';
    if (destination.isAny) return 'ENETUNREACH';
    if (destination.isLoopback || this.addresses.isOwn(destination.d)) return this.toSelf(destination, wanted);
    if (destination.isBroadcast || destination.isMulticast) return this.toMany(destination, wanted, options.interface);
    // 127.0.0.0/8 does not leave the host (RFC 1122 section 3.2.1.3 (g)).
    if (wanted?.isLoopback === true) return 'EADDRNOTAVAIL';
    const route =
      options.interface === undefined
        ? this.routes.lookup(destination, options.trafficClass)
        : this.on(options.interface, destination);
    if (route === null || this.neighbours === null) return 'ENETUNREACH';
    const hop = route.via ?? destination;
    const source = wanted ?? this.addresses.sourceOn(route.interface, hop);
    if (source === undefined) return 'EADDRNOTAVAIL';
    const everybody = route.via === null && this.addresses.isBroadcastOn(destination.d, route.interface);
    const neighbour = everybody
      ? this.neighbours.group(destination, route.interface)
      : this.neighbours.neighbour(hop, route.interface);
    return { interface: route.interface, neighbour, source };
  }

  /** Puts the routes of the interfaces' own networks and of the manifest into the table. @throws NOT_ON_LINK */
  addConfigured(settings: Ipv4Settings): void {
    for (const each of this.host.interfaces) for (const cidr of each.addresses) this.connect(cidr, each);
    const { gateway, gateways } = settings;
    for (const via of gateway === undefined ? gateways : [gateway, ...gateways])
      this.addStatic({ to: '0.0.0.0/0', via, metric: 0 });
    for (const each of settings.routes) this.addStatic(each);
  }

  /** The route to the network of one address of an interface. */
  connect(cidr: Cidr, via: NetworkInterface): void {
    if (cidr.address.version === 4) this.routes.add({ to: cidr, via: null, interface: via, metric: 0 });
  }

  /** Takes the route of `connect` out again. */
  disconnect(cidr: Cidr, via: NetworkInterface): void {
    for (const route of [...this.routes.list()]) {
      if (route.via === null && route.interface === via && route.to === cidr) this.routes.remove(route);
    }
  }

  private addStatic(route: Ipv4Settings['routes'][number]): void {
    const via = route.via === undefined ? null : (IpAddress.parse(route.via) as IpAddress);
    const to = Cidr.parse(route.to) as Cidr;
    const hop = via ?? to.address;
    const { interfaces } = this.host;
    const named = interfaces.find((each) => each.name === route.interface);
    if (route.interface !== undefined && named === undefined) {
      const expected = `Interfaces: ${interfaces.map((each) => each.name).join(', ')}.`;
      const problem = `A route names the interface "${route.interface}", which is not there`;
      throw fail('EINVAL', { problem, expected });
    }
    const out = named ?? this.addresses.owner(hop);
    if (out === undefined) throw fail('NOT_ON_LINK', { address: hop });
    const { metric, trafficClass } = route;
    this.routes.add({ to, via, interface: out, metric, ...(trafficClass === undefined ? {} : { trafficClass }) });
  }

  private toSelf(destination: IpAddress, wanted: IpAddress | undefined): Way {
    const owner = this.addresses.owner(destination);
    const source = wanted ?? (this.addresses.isOwn(destination.d) ? destination : this.localhost(owner, destination));
    // A loopback device wants to see its frames; everything else about ourselves stays in memory.
    const device = owner?.device.loopback === true && this.neighbours !== null ? owner : undefined;
    const neighbour = device === undefined ? null : (this.neighbours?.neighbour(destination, device) ?? null);
    return { interface: owner ?? this.inside, neighbour, source };
  }

  /** What a host sends from to any other address of 127.0.0.0/8 (Linux has it so). */
  private localhost(owner: NetworkInterface | undefined, destination: IpAddress): IpAddress {
    return (owner === undefined ? undefined : this.addresses.sourceOn(owner, destination)) ?? LOCALHOST;
  }

  private toMany(destination: IpAddress, wanted: IpAddress | undefined, named?: NetworkInterface): Way {
    const { neighbours } = this;
    const via =
      named ??
      (wanted === undefined ? undefined : this.addresses.owner(wanted)) ??
      (wanted?.isLoopback === true ? this.inside : undefined) ??
      this.routes.lookup(destination)?.interface ??
      this.host.interfaces.find((each) => each.device.loopback !== true) ??
      this.host.interfaces[0] ??
      this.inside;
    // Without a link there is nobody but us.
    if (via === this.inside || neighbours === null)
      return { interface: this.inside, neighbour: null, source: wanted ?? LOCALHOST };
    // Without an address yet, a host asks everybody for one from 0.0.0.0 (RFC 1122 section 3.2.1.3 (a)).
    const source = wanted ?? this.addresses.sourceOn(via, destination) ?? IpAddress.any;
    return { interface: via, neighbour: neighbours.group(destination, via), source };
  }

  /** The best route that leaves by `via`. */
  private on(via: NetworkInterface, destination: IpAddress): Route | null {
    let best: Route | null = null;
    for (const each of this.routes.list()) {
      if (each.interface !== via || !each.to.contains(destination)) continue;
      const longer = best === null || each.to.prefix > best.to.prefix;
      if (longer || (each.to.prefix === best?.to.prefix && each.metric < best.metric)) best = each;
    }
    return best;
  }
}
