import { Cidr, IpAddress, type NetworkInterface, type Timer } from '@netwright/core';
import type { DiscoveredNetwork } from '../ip/discovery.js';
import type { Route } from '../ip/tokens.js';
import { lifetimeTimer } from './lifetime.js';

const DEFAULT = new Cidr(IpAddress.any6, 0);
/** Routes from advertisements lose against those of the manifest. */
const METRIC = 1024;

interface DefaultRouter {
  readonly address: IpAddress;
  readonly interface: NetworkInterface;
  readonly timer: Timer;
  route: Route;
}

/** Default routers that advertise themselves, and the better next hops that they tell (RFC 4861 sections 6.3 and 8). */
export class Routers {
  private readonly routers: DefaultRouter[] = [];
  /** The oldest first. */
  private readonly redirects: Route[] = [];

  constructor(
    private readonly network: DiscoveredNetwork,
    private readonly timer: (action: () => void) => Timer,
    private readonly limits: { readonly routers: number; readonly redirected: number },
  ) {}

  get size(): number {
    return this.routers.length;
  }

  /** A router says that it is one, for `lifetime` s; 0: no longer. */
  advertised(address: IpAddress, via: NetworkInterface, lifetime: number): void {
    let router = this.find(address, via);
    if (lifetime === 0) {
      this.remove(router);
      return;
    }
    if (router === undefined) {
      if (this.routers.length >= this.limits.routers) return;
      const route: Route = { to: DEFAULT, via: address, interface: via, metric: METRIC };
      const made: DefaultRouter = { address, interface: via, route, timer: this.timer(() => this.remove(made)) };
      router = made;
      this.routers.push(made);
      this.network.routes.add(route);
    }
    lifetimeTimer(router.timer, lifetime);
  }

  /** It does not answer, or is a router no longer: others come first (section 6.3.6). */
  failed(address: IpAddress, via: NetworkInterface): void {
    const router = this.find(address, via);
    if (router === undefined || this.routers.length < 2) return;
    const { routes } = this.network;
    routes.remove(router.route);
    router.route = { ...router.route };
    routes.add(router.route);
  }

  /** It said that it is no router any more: neither it nor what it told is used. */
  resigned(address: IpAddress, via: NetworkInterface): void {
    this.remove(this.find(address, via));
  }

  /**
   * A router says that packets to `destination` should go to `target` (section 8.1).
   * @returns whether it is the router that they go to now.
   */
  redirected(from: IpAddress, via: NetworkInterface, destination: IpAddress, target: IpAddress): boolean {
    const { routes } = this.network;
    const used = routes.lookup(destination);
    if (used === null || used.interface !== via || used.via?.equals(from) !== true) return false;
    const known = this.redirects.findIndex((each) => each.to.address.equals(destination));
    if (known >= 0) routes.remove(this.redirects.splice(known, 1)[0]);
    else if (this.redirects.length >= this.limits.redirected) routes.remove(this.redirects.splice(0, 1)[0]);
    const hop = target.equals(destination) ? null : target;
    const route: Route = { to: new Cidr(destination, 128), via: hop, interface: via, metric: METRIC };
    this.redirects.push(route);
    routes.add(route);
    return true;
  }

  /** What a neighbour that does not answer was told to be is forgotten (section 7.3.3): the router is asked again. */
  forget(address: IpAddress, via: NetworkInterface): void {
    for (const route of [...this.redirects]) {
      const hop = route.via ?? route.to.address;
      if (route.interface !== via || !hop.equals(address)) continue;
      this.redirects.splice(this.redirects.indexOf(route), 1);
      this.network.routes.remove(route);
    }
  }

  /** Lets go of everything. */
  clear(): void {
    for (const each of [...this.routers]) this.remove(each);
    for (const route of this.redirects.splice(0)) this.network.routes.remove(route);
  }

  private find(address: IpAddress, via: NetworkInterface): DefaultRouter | undefined {
    return this.routers.find((each) => each.interface === via && each.address.equals(address));
  }

  private remove(router: DefaultRouter | undefined): void {
    if (router === undefined) return;
    const at = this.routers.indexOf(router);
    if (at >= 0) this.routers.splice(at, 1);
    router.timer.stop();
    this.network.routes.remove(router.route);
  }
}
