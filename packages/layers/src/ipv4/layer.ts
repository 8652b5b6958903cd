import {
  Cidr,
  HOST,
  type Host,
  IpAddress,
  Layer,
  layer,
  type NetworkInterface,
  type Packet,
  SCOPE,
  Scope,
} from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import { EtherType } from '../ethernet/header.js';
import { type ControlledNetwork, type ErrorReporter, isErrorReporter } from '../ip/control.js';
import { Groups } from '../ip/groups.js';
import { LocalDelivery } from '../ip/local.js';
import {
  abortConnections,
  isTransport,
  type MulticastNetwork,
  type NetworkError,
  type NoPath,
  type Path,
  type PathOptions,
  type Rejection,
  type Transport,
} from '../ip/network.js';
import type { Way } from '../ip/path.js';
import { RouteTable } from '../ip/route-table.js';
import {
  type FragmentPolicy,
  IP_FRAGMENTS,
  IP_ID,
  IP_ROUTES,
  IP_TTL,
  type IpId,
  type IpTtl,
  type Routes,
} from '../ip/tokens.js';
import { GroupFrames } from '../link/group-frames.js';
import { isLinkLayer } from '../link/link-layer.js';
import { isNeighbours } from '../link/neighbour.js';
import { Ipv4Addresses } from './addresses.js';
import { Admission, locate } from './admission.js';
import { type Ipv4Counter, ipv4Counters } from './counters.js';
import { ipv4SocketDefaults } from './defaults.js';
import { Forwarder, SOURCE_ROUTE_FAILED } from './forwarding.js';
import { sendFragments } from './fragmentation.js';
import { Gateways } from './gateways.js';
import { Fragment, IPV4, IPV4_LARGEST, IPV4_SIZE, Protocol } from './header.js';
import { IncompleteDatagrams } from './incomplete.js';
import { OptionProcessing } from './option-processing.js';
import { checkWritten, Ipv4Path } from './path.js';
import { Ipv4PathMtu } from './pmtu.js';
import { fragmentPolicies } from './policies.js';
import { Reassembly } from './reassembly.js';
import { IPV4_OPTIONS, type Ipv4Options, type Ipv4Settings, ipv4Settings } from './settings.js';
import { itinerary } from './source-route.js';
import { hostUnreachable, protocolOf, UNREACHABLE } from './unreachable.js';
import { Ways } from './ways.js';

/** IPv4 (RFC 791, RFC 1122 section 3, RFC 1812 where it forwards). */
@layer({
  name: 'ipv4',
  over: [{ layer: 'ethernet', key: EtherType.Ipv4 }, { layer: 'arp' }],
})
export class Ipv4 extends Layer implements ControlledNetwork, MulticastNetwork {
  readonly version = 4;
  readonly mmsR = IPV4_LARGEST - IPV4_SIZE;
  readonly counters = ipv4Counters();

  readonly routes: Routes;
  readonly pathMtu: Ipv4PathMtu;
  readonly headerOptions: OptionProcessing;
  private readonly groupFrames = new GroupFrames();
  readonly groups = new Groups(this.groupFrames);
  private readonly settings: Ipv4Settings;
  private readonly addresses: Ipv4Addresses;
  private readonly local: LocalDelivery;
  private readonly ways: Ways;
  private readonly gateways: Gateways;
  private readonly incomplete: IncompleteDatagrams;
  private readonly forwarder: Forwarder | null;
  private readonly ttl: IpTtl;
  private readonly id: IpId;
  private readonly admission: Admission;
  private reporter: ErrorReporter | null = null;
  // One call site for each transport keeps the calls direct.
  private tcp: Layer | undefined;
  private udp: Layer | undefined;
  private icmp: Layer | undefined;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(IPV4_OPTIONS) options: Ipv4Options = {},
    @inject(SCOPE) scope: Scope = Scope.byHand(host, [ipv4SocketDefaults]),
    @inject(IP_ROUTES) routes: Routes = new RouteTable(),
    @inject(IP_FRAGMENTS) fragments: FragmentPolicy = fragmentPolicies.linux,
  ) {
    super();
    this.settings = ipv4Settings.parse(options);
    this.routes = routes;
    this.pathMtu = new Ipv4PathMtu(this.settings.pmtu);
    this.ttl = scope.get(IP_TTL);
    this.id = scope.get(IP_ID);
    this.addresses = new Ipv4Addresses(host);
    this.admission = new Admission(this.addresses, this.groups);
    this.local = new LocalDelivery(host, LOOPBACK, (packet) => this.receiveLocal(packet), this.settings.localMtu);
    this.ways = new Ways(host, this.addresses, routes, this.local.interface);
    this.gateways = new Gateways(routes, this.addresses, this.settings.redirected);
    this.incomplete = new IncompleteDatagrams(
      host,
      new Reassembly(host.pool, fragments, this.settings.fragments, this.counters),
      (first) => this.reporter?.report(first, 11, 1),
    );
    this.headerOptions = new OptionProcessing(host, this.addresses, this.settings.sourceRoute === 'accept');
    this.forwarder = this.settings.forwarding
      ? new Forwarder(routes, this.addresses, this.headerOptions, this.counters)
      : null;
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (isLinkLayer(lower)) this.groupFrames.link = lower;
    if (isNeighbours(lower)) {
      this.ways.neighbours = lower;
      this.gateways.neighbours = lower;
      if (this.forwarder !== null) this.forwarder.neighbours = lower;
      lower.onUnreachable = (packet) => this.neighbourFailed(packet);
      lower.onLost = (address, via) => this.giveUp(address, via);
      lower.onFailure = (address, via) => this.gateways.failed(address, via, this.now());
    }
  }

  override registerLayer(upper: Layer): this {
    super.registerLayer(upper);
    this.findUppers();
    return this;
  }

  override unregisterLayer(upper: Layer): void {
    super.unregisterLayer(upper);
    this.findUppers();
  }

  override start(): void {
    if (this.host.interfaces.length > 0 && this.ways.neighbours === null) {
      throw fail('NEIGHBOURS_MISSING', { layer: this.name, finder: 'arp' });
    }
    this.addresses.refresh();
    this.ways.addConfigured(this.settings);
    // RFC 1112 section 7.2: every host belongs to the group of all hosts.
    for (const each of [...this.host.interfaces, this.local.interface]) this.groups.join(ALL_HOSTS, each);
  }

  override stop(): void {
    this.local.stop();
    this.gateways.clear();
    this.incomplete.clear();
  }

  /** Gives an interface one more address, and its network a route. */
  addAddress(cidr: Cidr, via: NetworkInterface): void {
    via.addresses.push(cidr);
    this.addresses.refresh();
    this.ways.connect(cidr, via);
  }

  /** Takes an address away; packets to it are no longer ours. */
  removeAddress(cidr: Cidr, via: NetworkInterface): void {
    const at = via.addresses.indexOf(cidr);
    if (at >= 0) via.addresses.splice(at, 1);
    this.addresses.refresh();
    this.ways.disconnect(cidr, via);
  }

  private giveUp(address: IpAddress, via: NetworkInterface): void {
    abortConnections(this.above, address);
    const cidr = via.addresses.find((each) => each.address.equals(address));
    if (cidr !== undefined) this.removeAddress(cidr, via);
  }

  /** @throws EINVAL for options that no header can hold */
  path(destination: IpAddress, options: PathOptions = {}): Path | NoPath {
    if (options.headerOptions !== undefined) checkWritten(options.headerOptions);
    const way = this.way(destination, options);
    if (typeof way === 'string') return way;
    return new Ipv4Path(
      this,
      this,
      destination,
      way.source,
      options,
      options.ttl ?? this.ttl,
      options.id ?? this.id,
      way,
    );
  }

  send(packet: Packet, path: Path, protocol: number, dontFragment = false): void {
    const why = this.emit(packet, path as Ipv4Path, protocol, dontFragment || (path as Ipv4Path).whole);
    if (why !== null) this.drop(packet, why);
  }

  receive(packet: Packet): void {
    this.counters.received++;
    const why = this.admission.admit(packet);
    if (why === null) this.accept(packet);
    else if (why === 'notForUs' && this.forwarder !== null) this.forwarder.forward(packet);
    else this.drop(packet, why);
  }

  isLocal(address: IpAddress): boolean {
    return address.version === 4 && (this.addresses.isOwn(address.d) || address.isLoopback);
  }

  isBroadcast(address: IpAddress): boolean {
    return address.isMulticast || this.addresses.isBroadcast(address.d);
  }

  redirected(told: NetworkError, target: IpAddress, via: NetworkInterface, protocol: number): boolean {
    // RFC 1812 section 5.2.7.2: a router goes by its routes.
    if (!this.settings.redirects || this.forwarder !== null || !this.isLocal(told.source)) return false;
    if (this.transportOf(told, protocol) === null) return false;
    return this.gateways.redirect(told.from, via, told.destination, target);
  }

  reject(packet: Packet, why: Rejection): void {
    this.reporter?.report(packet, 3, UNREACHABLE[why]);
  }

  failed(error: NetworkError, protocol: number, totalLength: number, headerSize = IPV4_SIZE): boolean {
    if (!this.isLocal(error.source)) return false;
    const upper = this.transportOf(error, protocol);
    if (upper === null) return false;
    const route = error.kind === 'fragmentation-needed' ? this.routes.lookup(error.destination) : null;
    if (route !== null && this.pathMtu.learn(error, totalLength, headerSize, route.interface.mtu, this.now()))
      this.counters.pathMtuLowered++;
    this.counters.errors++;
    upper.networkError(error);
    return true;
  }

  /** @internal for paths */
  now(): number {
    return this.host.turn.active ? this.host.turn.now : this.host.clock.now();
  }

  /** @internal for paths */
  way(destination: IpAddress, options: PathOptions): Way | NoPath {
    if (options.headerOptions === undefined) return this.ways.find(destination, options);
    const { first, strict } = itinerary(options.headerOptions, destination);
    const way = this.ways.find(first, options);
    const direct = typeof way === 'string' || way.neighbour === null || way.neighbour.address.equals(first);
    return strict && !direct ? 'ENETUNREACH' : way;
  }

  /** @internal for paths */
  linkMtu(via: NetworkInterface): number {
    return via.mtu;
  }

  /** Writes the header and sends. @returns why not: the packet is still the caller's then. */
  private emit(packet: Packet, to: Ipv4Path, protocol: number, dontFragment: boolean): Ipv4Counter | null {
    const way = to.now();
    const { headerSize, source, destination } = to;
    const total = packet.end - packet.start + headerSize;
    if (way === null) return 'noRoute';
    if (total > IPV4_LARGEST) return 'tooLong';
    const { neighbour } = way;
    // A super-segment is cut by the device; what stays in memory is never cut.
    const fits = neighbour === null || packet.segmentSize > 0 || total <= to.mtu;
    if (!fits && dontFragment) return 'cannotFragment';
    const at = packet.prepend(headerSize);
    const { view } = packet;
    const id = to.id.next(destination, !dontFragment);
    view.setUint32(at, ((0x40 | (headerSize >>> 2)) << 24) | (packet.trafficClass << 16) | total);
    view.setUint32(at + IPV4.identification, (id << 16) | (dontFragment ? Fragment.Dont : 0));
    view.setUint32(at + IPV4.ttl, ((to.ttl.ttl(destination) & 255 || 1) << 24) | (protocol << 16));
    view.setInt32(at + IPV4.source, source.d);
    view.setInt32(at + IPV4.destination, to.first.d);
    if (to.headerOptions !== undefined) this.headerOptions.write(packet, at, to.headerOptions, source);
    view.setUint16(at + IPV4.checksum, ~packet.pool.sum(at, headerSize) & 0xffff);
    packet.network = at;
    packet.transport = at + headerSize;
    packet.sourceAt = at + IPV4.source;
    packet.destinationAt = at + IPV4.destination;
    packet.addressLength = 4;
    this.counters.sent++;
    if (neighbour === null) {
      this.local.push(packet, way.interface);
      return null;
    }
    if (to.loops) this.local.echo(packet, way.interface);
    if (fits) neighbour.send(packet, EtherType.Ipv4);
    else sendFragments(packet, neighbour, to.mtu, this.counters);
    return null;
  }

  private receiveLocal(packet: Packet): void {
    this.counters.received++;
    const why = this.admission.admitLocal(packet);
    if (why === null) this.accept(packet);
    else this.drop(packet, why);
  }

  /** Takes a packet that is ours: looks at its options, waits for its other fragments, and passes it up. */
  private accept(packet: Packet): void {
    const { view, start } = packet;
    const headerSize = (view.getUint8(start) & 15) << 2;
    if (headerSize > IPV4_SIZE) {
      const verdict = this.headerOptions.judge(packet, headerSize);
      if (verdict !== 'none' && verdict !== 'passed') {
        if (verdict === 'open') this.routeOn(packet);
        else this.drop(packet, verdict);
        return;
      }
    }
    if ((view.getUint16(start + IPV4.fragment) & (Fragment.More | Fragment.Offset)) === 0) {
      this.deliver(packet, headerSize);
      return;
    }
    const whole = this.incomplete.add(packet);
    if (whole === null) return;
    locate(whole);
    this.deliver(whole, (whole.view.getUint8(whole.start) & 15) << 2);
  }

  /** A source route that goes on behind us: only a router follows it (RFC 1122 section 3.3.5). */
  private routeOn(packet: Packet): void {
    if (this.forwarder !== null) this.forwarder.routeOn(packet);
    else {
      this.reporter?.report(packet, 3, SOURCE_ROUTE_FAILED);
      this.drop(packet, 'sourceRouted');
    }
  }

  private deliver(packet: Packet, headerSize: number): void {
    const protocol = protocolOf(packet);
    packet.strip(headerSize);
    packet.transport = packet.start;
    this.counters.delivered++;
    if (protocol === Protocol.Tcp && this.tcp !== undefined) this.tcp.receive(packet);
    else if (protocol === Protocol.Udp && this.udp !== undefined) this.udp.receive(packet);
    else if (protocol === Protocol.Icmp && this.icmp !== undefined) this.icmp.receive(packet);
    else this.deliverOther(packet, protocol);
  }

  private deliverOther(packet: Packet, protocol: number): void {
    const upper = this.uppers.get(protocol);
    if (upper !== undefined) {
      upper.receive(packet);
      return;
    }
    this.counters.delivered--;
    this.reject(packet, 'protocol-unreachable');
    this.drop(packet, 'unknownProtocol');
  }

  /** Nobody answered for the next hop of a packet: its transport is told as if a router had said so. */
  private neighbourFailed(packet: Packet): void {
    if (this.gateways.detour(packet, this.now())) {
      this.counters.detoured++;
      return;
    }
    const error = hostUnreachable(packet);
    if (this.isLocal(error.source)) this.failed(error, protocolOf(packet), packet.length);
    else this.reject(packet, 'host-unreachable');
    this.drop(packet, 'unreachable');
  }

  /** The transport that did send what an ICMP message quotes, or null. */
  private transportOf(error: NetworkError, protocol: number): Transport | null {
    const upper = this.uppers.get(protocol);
    if (upper === undefined || !isTransport(upper)) return null;
    return upper.recognizes?.(error) === false ? null : upper;
  }

  private drop(packet: Packet, why: Ipv4Counter): void {
    this.counters[why]++;
    packet.release();
  }

  private findUppers(): void {
    this.tcp = this.uppers.get(Protocol.Tcp);
    this.udp = this.uppers.get(Protocol.Udp);
    this.icmp = this.uppers.get(Protocol.Icmp);
    this.reporter = this.above.find(isErrorReporter) ?? null;
    this.headerOptions.reporter = this.reporter;
    if (this.forwarder !== null) this.forwarder.reporter = this.reporter;
  }
}

const ALL_HOSTS = IpAddress.v4(0xe0000001);
const LOOPBACK = new Cidr(IpAddress.v4(0x7f000001), 8);
