import {
  addSums,
  type Cidr,
  type Fields,
  HOST,
  type Host,
  IpAddress,
  Layer,
  layer,
  MacAddress,
  type NetworkInterface,
  type Packet,
  type Random,
} from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import { multicastMac } from '../ethernet/header.js';
import type { DiscoveredNetwork, Discovery } from '../ip/discovery.js';
import { IPV6, NextHeader } from '../ipv6/header.js';
import { FixedNeighbour } from '../link/fixed-neighbour.js';
import { isLinkLayer, type LinkLayer } from '../link/link-layer.js';
import type { Neighbour } from '../link/neighbour.js';
import { Advertiser } from './advertiser.js';
import { Duplicates } from './duplicates.js';
import { NdpFlag, type NdpMessage, NdpType, ndpMessage, readNdp } from './header.js';
import { HostSide } from './host-side.js';
import type { NdpNeighbour, NdpState } from './neighbour.js';
import { NDP_ADVERTISE, NDP_DUPLICATE, NDP_PROBE, NDP_RETRY, NDP_ROUTER_ADVERTISE, NDP_SOLICIT } from './reasons.js';
import { ALL_NODES, ALL_ROUTERS, HOPS, NdpSender, solicitedNode } from './sender.js';
import { NDP_OPTIONS, type NdpOptions, type NdpSettings, ndpSettings } from './settings.js';
import { NdpTable } from './table.js';

/** One line of the table, for people. */
export interface NdpEntry {
  readonly address: IpAddress;
  /** Zero while it is not known. */
  readonly mac: MacAddress;
  readonly state: NdpState;
  readonly router: boolean;
  readonly interface: NetworkInterface;
  /** Packets that wait for it. */
  readonly pending: number;
}

/**
 * Neighbour discovery (RFC 4861, RFC 4862): answers for our addresses, finds the hardware addresses of neighbours and
 * whether they are still there, makes sure that nobody else has an address of ours, and where it is asked to, takes
 * routers and addresses from what routers advertise.
 *
 * It lies below IPv6, as ARP lies below IPv4, and writes its own IPv6 headers; ipv6 hands it what comes in.
 */
@layer({ name: 'ndp', over: [{ layer: 'ethernet' }] })
export class Ndp extends Layer implements Discovery {
  readonly counters = {
    received: 0,
    /** Not from this link, malformed, or with a wrong checksum (RFC 4861 sections 6.1, 7.1 and 8.1). */
    malformed: 0,
    badChecksum: 0,
    solicitationsIn: 0,
    advertisementsIn: 0,
    routerSolicitationsIn: 0,
    routerAdvertisementsIn: 0,
    redirectsIn: 0,
    /** Our own that came back. */
    echoes: 0,
    /** What is not for us to answer, or not to be taken: switched off, from strangers, about others. */
    ignored: 0,
    solicitationsOut: 0,
    advertisementsOut: 0,
    routerSolicitationsOut: 0,
    routerAdvertisementsOut: 0,
    /** Others that have an address of ours: it was taken away where the question was open. */
    duplicates: 0,
    /** Neighbours that did not answer. */
    unanswered: 0,
    pendingDropped: 0,
    evicted: 0,
    /** No packet slot was free. */
    noMemory: 0,
  };
  onUnreachable: ((packet: Packet) => void) | null = null;

  private readonly settings: NdpSettings;
  private readonly checks: Duplicates;
  private link: LinkLayer | null = null;
  private table: NdpTable | null = null;
  private sender: NdpSender | null = null;
  private network: DiscoveredNetwork | null = null;
  private routing: HostSide | null = null;
  private advertiser: Advertiser | null = null;
  private readonly random: Random;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(NDP_OPTIONS) options: NdpOptions = {},
  ) {
    super();
    this.settings = ndpSettings.parse(options);
    this.random = host.random.fork('ndp');
    this.checks = new Duplicates(
      (action) => host.timer(action),
      (address, via) => this.askForDuplicate(address, via),
    );
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (!isLinkLayer(lower)) return;
    this.link = lower;
    this.table = new NdpTable(this.host, this.settings, lower, this, this.counters);
    this.sender = new NdpSender(this.host, lower, this.counters);
  }

  override start(): void {
    for (const { address, mac } of this.settings.entries) {
      const ip = IpAddress.parse(address) as IpAddress;
      const via = this.host.interfaces.find((each) => each.addresses.some((cidr) => cidr.contains(ip)));
      if (via === undefined) throw fail('NOT_ON_LINK', { address });
      this.set(ip, MacAddress.parse(mac) as MacAddress, via);
    }
  }

  override stop(): void {
    this.host.turn.run(() => this.advertiser?.stop());
    this.checks.clear();
    this.routing?.clear();
    this.table?.clear();
  }

  override inspect(): Fields {
    return {
      'held.neighbours': this.table?.size ?? 0,
      'held.packets': this.table?.pending ?? 0,
      'held.questions': this.checks.size,
      routers: this.routing?.routers ?? 0,
    };
  }

  begin(network: DiscoveredNetwork): void {
    const { sender, table, settings, counters } = this;
    this.network = network;
    if (sender === null || table === null) return;
    this.host.turn.run(() => {
      for (const via of this.host.interfaces) for (const cidr of via.addresses) this.added(cidr, via);
      const tentative = (address: IpAddress, via: NetworkInterface) => this.checks.has(address, via);
      const parts = { network, table, sender, settings, counters, tentative, random: this.random };
      this.routing = new HostSide(this.host, parts);
      this.routing.begin();
      this.beginAdvertising(network);
    });
  }

  added(cidr: Cidr, via: NetworkInterface): void {
    if (via.device.loopback === true || cidr.address.version !== 6 || cidr.address.isLoopback) return;
    const { duplicates, retry, startDelay } = this.settings;
    // RFC 4862 section 5.4.2: what is asked at start is asked by many at once.
    const delay = this.routing === null && startDelay > 0 ? this.random.float() * startDelay : 0;
    this.host.turn.run(() => this.checks.check(cidr, via, duplicates, retry, delay));
  }

  neighbour(address: IpAddress, via: NetworkInterface): Neighbour {
    const table = this.requireTable();
    // Everything comes back on a loopback device: whoever is asked for there is the stack itself.
    if (via.device.loopback === true) return new FixedNeighbour(table.link, address, via, via.mac);
    return table.get(address, via);
  }

  group(address: IpAddress, via: NetworkInterface): Neighbour {
    return new FixedNeighbour(this.requireTable().link, address, via, multicastMac(address));
  }

  /** Makes a permanent entry: it is never asked for, never expires, and nobody on the link can change it. */
  set(address: IpAddress, mac: MacAddress, via: NetworkInterface): void {
    this.host.turn.run(() => this.requireTable().get(address, via).fix(mac));
  }

  /** Forgets a neighbour; packets that wait for it are dropped. */
  remove(address: IpAddress, via: NetworkInterface): void {
    const table = this.requireTable();
    const neighbour = table.find(address, via);
    if (neighbour !== undefined) table.remove(neighbour);
  }

  /** The table as of now. */
  entries(): NdpEntry[] {
    const table = this.requireTable();
    table.prune();
    const now = table.now();
    return table.all().map((each) => ({
      address: each.address,
      mac: each.mac,
      state: each.stateAt(now),
      router: each.router,
      interface: each.interface,
      pending: each.pending,
    }));
  }

  receive(packet: Packet): void {
    this.counters.received++;
    const via = packet.interface as NetworkInterface;
    const message = this.read(packet);
    if (message !== undefined && this.table !== null && this.network !== null && via.device.loopback !== true) {
      const source = IpAddress.read(packet.view, packet.sourceAt, 16);
      const destination = IpAddress.read(packet.view, packet.destinationAt, 16);
      this.take(message, source, destination, via, this.table);
    }
    packet.release();
  }

  /** @internal the table asks for a neighbour */
  ask(neighbour: NdpNeighbour, attempt: number): void {
    const { address, interface: via } = neighbour;
    const source = this.sourceFor(neighbour);
    if (source === undefined || this.sender === null) return;
    this.counters.solicitationsOut++;
    // RFC 4429 section 3.3: an address that may be another's must not change what others know.
    const sourceLink = this.checks.has(source, via) ? null : via.mac;
    const message = ndpMessage(NdpType.NeighbourSolicitation, { target: address, sourceLink });
    if (neighbour.state === 'probe') this.sender.toOne(message, source, neighbour, NDP_PROBE);
    else this.sender.toGroup(message, source, solicitedNode(address), via, attempt === 0 ? NDP_SOLICIT : NDP_RETRY);
  }

  /** @internal nobody answered */
  failed(neighbour: NdpNeighbour, packets: Packet[]): void {
    this.counters.unanswered++;
    this.routing?.failed(neighbour);
    for (const packet of packets) {
      if (this.onUnreachable === null) packet.release();
      else this.onUnreachable(packet);
    }
  }

  /** What every message has to be (RFC 4861 sections 6.1.1 to 8.1): from this link, whole, and summed. */
  private read(packet: Packet): NdpMessage | undefined {
    const { view, start, pool } = packet;
    const length = packet.end - start;
    const pseudo = addSums(pool.sum(packet.sourceAt, 32), NextHeader.Icmpv6 + length);
    if (addSums(pool.sum(start, length), pseudo) !== 0xffff) {
      this.counters.badChecksum++;
      return undefined;
    }
    const hops = view.getUint8(packet.network + IPV6.hopLimit);
    const message = hops === HOPS ? readNdp(view, start, length) : undefined;
    if (message === undefined || message.target?.isMulticast === true) {
      this.counters.malformed++;
      return undefined;
    }
    return message;
  }

  private take(
    message: NdpMessage,
    source: IpAddress,
    destination: IpAddress,
    via: NetworkInterface,
    table: NdpTable,
  ): void {
    const { counters, routing } = this;
    switch (message.type) {
      case NdpType.NeighbourSolicitation:
        counters.solicitationsIn++;
        this.solicited(message, source, destination, via, table);
        break;
      case NdpType.NeighbourAdvertisement:
        counters.advertisementsIn++;
        this.advertised(message, destination, via, table);
        break;
      case NdpType.RouterSolicitation:
        counters.routerSolicitationsIn++;
        if (this.advertiser === null || this.advertiser.via !== via) counters.ignored++;
        else {
          if (!source.isAny && message.sourceLink !== null) table.get(source, via).overheard(message.sourceLink);
          this.advertiser.solicited();
        }
        break;
      case NdpType.RouterAdvertisement:
        counters.routerAdvertisementsIn++;
        if (routing?.advertised(message, source, via) !== true) counters.ignored++;
        break;
      default:
        counters.redirectsIn++;
        if (routing?.redirected(message, source, via) !== true) counters.ignored++;
    }
  }

  /** RFC 4861 section 7.2.3, RFC 4862 section 5.4.3. */
  private solicited(
    message: NdpMessage,
    source: IpAddress,
    destination: IpAddress,
    via: NetworkInterface,
    table: NdpTable,
  ): void {
    const target = message.target as IpAddress;
    const asksForDuplicate = source.isAny;
    if (asksForDuplicate && (message.sourceLink !== null || !destination.equals(solicitedNode(target)))) {
      this.counters.malformed++;
      return;
    }
    if (!via.addresses.some(({ address }) => address.equals(target))) {
      this.counters.ignored++;
      return;
    }
    const tentative = this.checks.has(target, via);
    if (asksForDuplicate && tentative) {
      this.duplicate(target, via);
      return;
    }
    if (!asksForDuplicate && message.sourceLink !== null) table.get(source, via).overheard(message.sourceLink);
    // An optimistic asker does not say where it is (RFC 4429). Two of them would wait for each other: all are told.
    const asker = asksForDuplicate ? undefined : table.find(source, via);
    this.advertise(target, asker?.located === true ? asker : null, tentative, via);
  }

  private advertise(target: IpAddress, to: Neighbour | null, tentative: boolean, via: NetworkInterface): void {
    const router = this.network?.forwarding === true ? NdpFlag.Router : 0;
    const word = router | (to === null ? 0 : NdpFlag.Solicited) | (tentative ? 0 : NdpFlag.Override);
    const message = ndpMessage(NdpType.NeighbourAdvertisement, { word: word >>> 0, target, targetLink: via.mac });
    this.counters.advertisementsOut++;
    if (to === null) this.sender?.toGroup(message, target, ALL_NODES, via, NDP_ADVERTISE);
    else this.sender?.toOne(message, target, to, NDP_ADVERTISE);
  }

  /** RFC 4861 section 7.2.5, RFC 4862 section 5.4.4. */
  private advertised(message: NdpMessage, destination: IpAddress, via: NetworkInterface, table: NdpTable): void {
    const target = message.target as IpAddress;
    const solicited = (message.word & NdpFlag.Solicited) !== 0;
    if (solicited && destination.isMulticast) {
      this.counters.malformed++;
      return;
    }
    if (via.addresses.some(({ address }) => address.equals(target))) {
      if (message.targetLink?.equals(via.mac) === true) this.counters.echoes++;
      else this.duplicate(target, via);
      return;
    }
    const neighbour = table.find(target, via);
    if (neighbour === undefined) {
      this.counters.ignored++;
      return;
    }
    const wasRouter = neighbour.router;
    const override = (message.word & NdpFlag.Override) !== 0;
    neighbour.advertised(message.targetLink, solicited, override, (message.word & NdpFlag.Router) !== 0);
    if (wasRouter && !neighbour.router) this.routing?.resigned(neighbour);
  }

  /** Somebody else has an address of ours. While the question was open, it is theirs (RFC 4862 section 5.4.5). */
  private duplicate(target: IpAddress, via: NetworkInterface): void {
    this.counters.duplicates++;
    this.host.logger.warn('another station uses our address', { address: `${target}` });
    if (!this.checks.has(target, via)) return;
    for (const cidr of this.routing?.lostWith(target, via) ?? []) {
      this.checks.end(cidr.address, via);
      this.network?.removeAddress(cidr, via);
    }
  }

  private askForDuplicate(target: IpAddress, via: NetworkInterface): void {
    this.counters.solicitationsOut++;
    const message = ndpMessage(NdpType.NeighbourSolicitation, { target });
    this.sender?.toGroup(message, IpAddress.any6, solicitedNode(target), via, NDP_DUPLICATE);
  }

  private beginAdvertising(network: DiscoveredNetwork): void {
    const { advertise } = this.settings;
    if (advertise === undefined) return;
    const { interfaces } = this.host;
    const via = interfaces.find((each) => advertise.interface === undefined || each.name === advertise.interface);
    const source = via?.addresses.find(({ address }) => address.version === 6 && address.a >>> 22 === 0x3fa)?.address;
    if (via === undefined || source === undefined || !network.forwarding) {
      const problem = 'A router that advertises itself needs an interface with a link-local address, and to forward';
      throw fail('EINVAL', { problem, expected: 'Give the ipv6 layer `forwarding: true`, and name an interface.' });
    }
    this.link?.join(multicastMac(ALL_ROUTERS), via);
    this.advertiser = new Advertiser(this.host, advertise, via, (message) => {
      this.counters.routerAdvertisementsOut++;
      this.sender?.toGroup(message, source, ALL_NODES, via, NDP_ROUTER_ADVERTISE);
    });
    this.advertiser.advertise();
  }

  /** The address to ask from: that of the packet which waits, else one of ours (RFC 4861 section 7.2.2). */
  private sourceFor({ prompt, interface: via, address }: NdpNeighbour): IpAddress | undefined {
    const own = via.addresses.filter((each) => each.address.version === 6);
    const asking = prompt === undefined ? undefined : IpAddress.read(prompt.view, prompt.sourceAt, 16);
    const sender = own.find((each) => asking !== undefined && each.address.equals(asking));
    return (sender ?? own.find((each) => each.contains(address)) ?? own[0])?.address;
  }

  private requireTable(): NdpTable {
    if (this.table === null) throw fail('LAYER_NOT_ATTACHED', { layer: this.name, lower: 'ethernet' });
    return this.table;
  }
}
