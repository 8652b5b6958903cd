import { Cidr, type Host, IpAddress, type MacAddress, type NetworkInterface } from '@netwright/core';
import { commonPrefix, type PolicyTable, scopeOf } from '../ip/policy-table.js';

/** ff02::1 */
export const ALL_NODES = IpAddress.v6(0xff020000, 0, 0, 1);
/** ff02::2 */
export const ALL_ROUTERS = IpAddress.v6(0xff020000, 0, 0, 2);
/** ::1 */
export const LOCALHOST6 = IpAddress.v6(0, 0, 0, 1);
/** fe80::/10 */
export const LINK_LOCAL = new Cidr(IpAddress.v6(0xfe800000, 0, 0, 0), 10);
/** ::ffff:0:0/96: IPv4 addresses as programs write them; on no wire (RFC 4038 section 4.2). */
const MAPPED = new Cidr(IpAddress.v6(0, 0, 0xffff, 0), 96);

/** The group that whoever has `address` hears: what neighbours are asked by (RFC 4291 section 2.7.1). */
export function solicitedNode(address: IpAddress): IpAddress {
  return IpAddress.v6(0xff020000, 0, 1, 0xff000000 | (address.d & 0xffffff));
}

/** The last 64 bits of an address, made of a hardware address (RFC 4291 appendix A: modified EUI-64). */
export function interfaceIdentifier(mac: MacAddress): { readonly c: number; readonly d: number } {
  const { high, low } = mac;
  return {
    c: ((high ^ 0x0200) << 16) | ((low >>> 24) << 8) | 0xff | 0,
    d: 0xfe000000 | (low & 0xffffff) | 0,
  };
}

/** The address of an interface that every link knows, without a router. */
export function linkLocalAddress(mac: MacAddress): Cidr {
  const { c, d } = interfaceIdentifier(mac);
  return new Cidr(IpAddress.v6(0xfe800000, 0, c, d), 64);
}

/** Whether it is a link-local unicast address. */
export function isLinkLocal(address: IpAddress): boolean {
  return LINK_LOCAL.contains(address);
}

/** Which addresses are the stack's own. */
export class Ipv6Addresses {
  /** A short list: comparing the last words first is faster than any table. */
  private own: IpAddress[] = [];
  /** Addresses whose preferred lifetime is over (RFC 4862 section 5.5.4). */
  private readonly deprecated = new Set<Cidr>();

  constructor(
    private readonly host: Host,
    private readonly policies: PolicyTable,
  ) {}

  /** Reads the interfaces again. */
  refresh(): void {
    this.own = this.host.interfaces.flatMap((each) =>
      each.addresses.filter(({ address }) => address.version === 6).map(({ address }) => address),
    );
  }

  /** Whether the 16 bytes at `at` are the address of an interface. */
  isOwnAt(view: DataView, at: number): boolean {
    const { own } = this;
    for (let i = 0; i < own.length; i++) if (own[i].isAt(view, at)) return true;
    return false;
  }

  /** Whether it is the address of an interface. */
  isOwn(address: IpAddress): boolean {
    return this.own.some((each) => each.equals(address));
  }

  /** No new connection is to begin at a deprecated address, unless it is asked for. */
  deprecate(cidr: Cidr, deprecated: boolean): void {
    if (deprecated) this.deprecated.add(cidr);
    else this.deprecated.delete(cidr);
  }

  /** Whether no new connection is to begin at an address. */
  isDeprecated(address: IpAddress): boolean {
    for (const each of this.deprecated) if (each.address.equals(address)) return true;
    return false;
  }

  /** The interface with this address, or with the network that holds it. */
  owner(address: IpAddress): NetworkInterface | undefined {
    return (
      this.host.interfaces.find((each) => each.addresses.some((cidr) => cidr.address.equals(address))) ??
      this.host.interfaces.find((each) => each.addresses.some((cidr) => cidr.contains(address)))
    );
  }

  /**
   * The address to send from to `destination` on `via` (RFC 6724 section 5, rules 1, 2, 3, 6 and 8): the same; of a
   * scope that reaches, and no further than it must; not deprecated; of the same label; with the longest prefix in common.
   */
  sourceOn(via: NetworkInterface, destination: IpAddress): IpAddress | undefined {
    const wanted = scopeOf(destination);
    let best: Cidr | undefined;
    for (const each of via.addresses) {
      if (each.address.version !== 6) continue;
      if (each.address.equals(destination)) return each.address;
      if (best === undefined || this.fitsBetter(each, best, wanted, destination)) best = each;
    }
    return best?.address;
  }

  private fitsBetter(a: Cidr, b: Cidr, wanted: number, destination: IpAddress): boolean {
    const [ofA, ofB] = [scopeOf(a.address), scopeOf(b.address)];
    if (ofA !== ofB) return ofA < ofB ? ofA >= wanted : ofB < wanted;
    const [oldA, oldB] = [this.deprecated.has(a), this.deprecated.has(b)];
    if (oldA !== oldB) return oldB;
    const label = (address: IpAddress) => this.policies.rowOf(address).label;
    const wantedLabel = label(destination);
    const [fitsA, fitsB] = [label(a.address) === wantedLabel, label(b.address) === wantedLabel];
    if (fitsA !== fitsB) return fitsA;
    return commonPrefix(a.address, destination) > commonPrefix(b.address, destination);
  }
}

/**
 * Whether no packet from the network may have this source: groups, ::1 and mapped IPv4 addresses (RFC 4291 sections
 * 2.5.3 and 2.7). The unspecified address is that of a host that has none yet.
 */
export function isMartianSource6(view: DataView, at: number): boolean {
  return view.getUint8(at) === 0xff || isInside(view, at);
}

/** The same for destinations: :: , ::1, mapped IPv4 addresses, and groups that never leave a host. */
export function isMartianDestination6(view: DataView, at: number): boolean {
  if (view.getUint8(at) === 0xff) return (view.getUint8(at + 1) & 15) <= 1;
  return isInside(view, at) || isUnspecified(view, at);
}

/** Whether the 16 bytes at `at` are `::`. */
export function isUnspecified(view: DataView, at: number): boolean {
  return (view.getInt32(at) | view.getInt32(at + 4) | view.getInt32(at + 8) | view.getInt32(at + 12)) === 0;
}

/** ::1 and ::ffff:0:0/96 */
function isInside(view: DataView, at: number): boolean {
  if ((view.getInt32(at) | view.getInt32(at + 4)) !== 0) return false;
  const third = view.getInt32(at + 8);
  return third === MAPPED.address.c || (third === 0 && view.getInt32(at + 12) === 1);
}
