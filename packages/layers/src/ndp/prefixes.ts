import { Cidr, IpAddress, type NetworkInterface, type Timer } from '@netwright/core';
import type { DiscoveredNetwork } from '../ip/discovery.js';
import type { Route } from '../ip/tokens.js';
import type { NdpPrefix } from './header.js';
import { lifetimeTimer } from './lifetime.js';

/** RFC 4862 section 5.5.3 (e): nobody takes an address away sooner than in two hours. */
const TWO_HOURS = 7200;
const FOR_EVER = 0xffffffff;
const METRIC = 256;

interface OnLink {
  readonly route: Route;
  readonly timer: Timer;
}

interface Made {
  readonly prefix: IpAddress;
  readonly cidr: Cidr;
  readonly interface: NetworkInterface;
  readonly preferred: Timer;
  readonly valid: Timer;
  /** ms of the clock */
  validUntil: number;
}

/** What routers say of prefixes: which are on the link, and which addresses are made of them (RFC 4862 section 5.5). */
export class Prefixes {
  private readonly onLink: OnLink[] = [];
  private readonly made: Made[] = [];

  /** @param identifier the last 64 bits of the addresses of an interface. */
  constructor(
    private readonly network: DiscoveredNetwork,
    private readonly timer: (action: () => void) => Timer,
    private readonly now: () => number,
    private readonly identifier: (via: NetworkInterface) => { readonly c: number; readonly d: number },
    private readonly limit: number,
  ) {}

  /** How many addresses were made. */
  get addresses(): number {
    return this.made.length;
  }

  /** A router tells of a prefix of the link of `via`. */
  advertised(each: NdpPrefix, via: NetworkInterface): void {
    if (each.length > 128 || each.prefix.isMulticast || each.prefix.a >>> 22 === 0x3fa) return;
    if (each.onLink) this.placeOnLink(each, via);
    // An identifier has 64 bits (RFC 4291 section 2.5.1), so that the prefix must have the other 64.
    if (each.autonomous && each.preferred <= each.valid && each.length === 64) this.makeAddress(each, via);
  }

  /** Lets go of everything. */
  clear(): void {
    for (const { route, timer } of this.onLink.splice(0)) {
      timer.stop();
      this.network.routes.remove(route);
    }
    for (const each of [...this.made]) this.unmake(each);
  }

  private placeOnLink({ prefix, length, valid }: NdpPrefix, via: NetworkInterface): void {
    let known = this.onLink.find(
      ({ route }) => route.interface === via && route.to.prefix === length && route.to.contains(prefix),
    );
    if (known === undefined) {
      if (valid === 0 || this.onLink.length >= this.limit) return;
      const route: Route = { to: new Cidr(prefix, length), via: null, interface: via, metric: METRIC };
      const made: OnLink = { route, timer: this.timer(() => this.takeOff(made)) };
      known = made;
      this.onLink.push(made);
      this.network.routes.add(route);
    }
    if (valid === 0) this.takeOff(known);
    else lifetimeTimer(known.timer, valid);
  }

  private takeOff(each: OnLink): void {
    const at = this.onLink.indexOf(each);
    if (at >= 0) this.onLink.splice(at, 1);
    each.timer.stop();
    this.network.routes.remove(each.route);
  }

  private makeAddress({ prefix, valid, preferred }: NdpPrefix, via: NetworkInterface): void {
    const known = this.made.find(
      (each) => each.interface === via && each.prefix.a === prefix.a && each.prefix.b === prefix.b,
    );
    if (known !== undefined) {
      this.renew(known, valid, preferred);
      return;
    }
    if (valid === 0 || this.made.length >= this.limit) return;
    const { c, d } = this.identifier(via);
    const address = IpAddress.v6(prefix.a, prefix.b, c, d);
    if (this.network.isLocal(address)) return;
    // Whether its prefix is on the link, the L bit alone says.
    const cidr = new Cidr(address, 128);
    const made: Made = {
      prefix,
      cidr,
      interface: via,
      preferred: this.timer(() => this.network.deprecate(cidr, true)),
      valid: this.timer(() => this.unmake(made)),
      validUntil: 0,
    };
    this.made.push(made);
    this.network.addAddress(cidr, via);
    this.live(made, valid, preferred);
  }

  private renew(made: Made, valid: number, preferred: number): void {
    const left = (made.validUntil - this.now()) / 1000;
    if (valid > TWO_HOURS || valid > left) this.live(made, valid, preferred);
    else if (left <= TWO_HOURS) this.live(made, left, Math.min(preferred, left));
    else this.live(made, TWO_HOURS, Math.min(preferred, TWO_HOURS));
  }

  private live(made: Made, valid: number, preferred: number): void {
    made.validUntil = valid === FOR_EVER ? Number.POSITIVE_INFINITY : this.now() + valid * 1000;
    lifetimeTimer(made.valid, valid);
    lifetimeTimer(made.preferred, preferred);
    this.network.deprecate(made.cidr, preferred === 0);
  }

  private unmake(made: Made): void {
    const at = this.made.indexOf(made);
    if (at >= 0) this.made.splice(at, 1);
    made.preferred.stop();
    made.valid.stop();
    this.network.removeAddress(made.cidr, made.interface);
  }
}
