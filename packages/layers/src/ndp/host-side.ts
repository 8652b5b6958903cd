import { Cidr, type Host, IpAddress, type NetworkInterface, type Random, type Timer } from '@netwright/core';
import type { DiscoveredNetwork } from '../ip/discovery.js';
import { type NdpMessage, NdpType, ndpMessage } from './header.js';
import type { NdpNeighbour } from './neighbour.js';
import { Prefixes } from './prefixes.js';
import { NDP_ROUTER_SOLICIT } from './reasons.js';
import { Routers } from './routers.js';
import { ALL_ROUTERS, type NdpSender } from './sender.js';
import type { NdpSettings } from './settings.js';
import type { NdpTable } from './table.js';

/** RFC 4861 section 10: RTR_SOLICITATION_INTERVAL in ms, and MAX_RTR_SOLICITATIONS. */
const SOLICITATION_INTERVAL = 4000;
const SOLICITATIONS = 3;
const LINK_LOCAL = new Cidr(IpAddress.v6(0xfe800000, 0, 0, 0), 10);

/** What a host asks of the layer. */
export interface HostSideParts {
  readonly network: DiscoveredNetwork;
  readonly table: NdpTable;
  readonly sender: NdpSender;
  readonly settings: NdpSettings;
  readonly counters: { routerSolicitationsOut: number };
  readonly random: Random;
  /** Whether it is not known yet that an address is ours alone. */
  tentative(address: IpAddress, via: NetworkInterface): boolean;
}

/** A host's side: it looks for routers, and believes what they say (RFC 4861 sections 6.3 and 8, RFC 4862 section 5.5). */
export class HostSide {
  private readonly known: Routers;
  private readonly prefixes: Prefixes;
  private readonly timer: Timer;
  /** Interfaces whose hardware address another station has, too: they do without IPv6. */
  private readonly disabled = new Set<NetworkInterface>();
  private asked = 0;

  constructor(
    private readonly host: Host,
    private readonly parts: HostSideParts,
  ) {
    const { network, settings, table } = parts;
    const timer = (action: () => void) => host.timer(action);
    this.known = new Routers(network, timer, settings);
    this.prefixes = new Prefixes(network, timer, () => table.now(), identifierOf, settings.prefixes);
    this.timer = host.timer(() => this.ask());
  }

  /** How many default routers are known. */
  get routers(): number {
    return this.known.size;
  }

  /** Looks for routers, where it is to. */
  begin(): void {
    const { autoconfigure, startDelay } = this.parts.settings;
    if (!autoconfigure) return;
    // RFC 4861 section 6.3.7: many hosts may have been switched on at once.
    if (startDelay > 0) this.timer.start(this.parts.random.float() * startDelay);
    else this.ask();
  }

  clear(): void {
    this.timer.stop();
    this.known.clear();
    this.prefixes.clear();
  }

  /** A router advertises itself. @returns whether it was believed. */
  advertised(message: NdpMessage, source: IpAddress, via: NetworkInterface): boolean {
    const { settings, table, network } = this.parts;
    // A router does not listen to others (RFC 4861 section 6.2.7).
    if (!settings.autoconfigure || network.forwarding || !LINK_LOCAL.contains(source)) return false;
    if (this.disabled.has(via)) return false;
    this.timer.stop();
    table.adopt(message.reachable, message.retransmit);
    if (message.mtu !== 0) network.limitMtu(via, message.mtu);
    if (message.sourceLink !== null) {
      const neighbour = table.get(source, via);
      neighbour.overheard(message.sourceLink);
      neighbour.router = true;
    }
    this.known.advertised(source, via, message.word & 0xffff);
    for (const each of message.prefixes) this.prefixes.advertised(each, via);
    return true;
  }

  /** A router tells a better next hop. @returns whether it was believed. */
  redirected(message: NdpMessage, source: IpAddress, via: NetworkInterface): boolean {
    const { settings, table, network } = this.parts;
    const { target, destination, targetLink } = message;
    if (!settings.redirects || network.forwarding || target === null || destination === null) return false;
    // RFC 4861 section 8.1: a router is told by its link-local address, a destination by its own.
    const sound = LINK_LOCAL.contains(source) && !destination.isMulticast && !network.isLocal(target);
    if (!sound || !(LINK_LOCAL.contains(target) || target.equals(destination))) return false;
    if (!this.known.redirected(source, via, destination, target)) return false;
    if (targetLink !== null) table.get(target, via).overheard(targetLink);
    return true;
  }

  /**
   * What an interface loses with an address that another station has: where it was made of the hardware address, that is
   * not ours alone, and the interface does without IPv6 (RFC 4862 section 5.4.5).
   */
  lostWith(target: IpAddress, via: NetworkInterface): Cidr[] {
    const { c, d } = identifierOf(via);
    const all = LINK_LOCAL.contains(target) && (target.c | 0) === c && (target.d | 0) === d;
    if (all) this.disabled.add(via);
    return via.addresses.filter(({ address }) => address.equals(target) || (all && address.version === 6));
  }

  /** A neighbour does not answer. */
  failed({ address, interface: via }: NdpNeighbour): void {
    this.known.forget(address, via);
    this.known.failed(address, via);
  }

  /** A neighbour says that it is no router any more. */
  resigned({ address, interface: via }: NdpNeighbour): void {
    this.known.resigned(address, via);
  }

  private ask(): void {
    const { sender, counters, tentative } = this.parts;
    if (this.asked++ >= SOLICITATIONS) return;
    for (const via of this.host.interfaces) {
      const source = via.addresses.find(({ address }) => LINK_LOCAL.contains(address))?.address;
      if (source === undefined) continue;
      counters.routerSolicitationsOut++;
      const sourceLink = tentative(source, via) ? null : via.mac;
      const message = ndpMessage(NdpType.RouterSolicitation, { sourceLink });
      sender.toGroup(message, source, ALL_ROUTERS, via, NDP_ROUTER_SOLICIT);
    }
    this.timer.start(SOLICITATION_INTERVAL);
  }
}

/** The last 64 bits of the addresses of an interface (RFC 4291 appendix A: modified EUI-64). */
function identifierOf({ mac }: NetworkInterface): { readonly c: number; readonly d: number } {
  const c = ((mac.high ^ 0x0200) << 16) | ((mac.low >>> 24) << 8) | 0xff | 0;
  return { c, d: 0xfe000000 | (mac.low & 0xffffff) | 0 };
}
