import {
  Cidr,
  HOST,
  type Host,
  type IpAddress,
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
import { type DiscoveredNetwork, type Discovery, isDiscovery } from '../ip/discovery.js';
import { Groups } from '../ip/groups.js';
import { LocalDelivery } from '../ip/local.js';
import {
  isTransport,
  type NetworkError,
  type NoPath,
  type Path,
  type PathOptions,
  type Rejection,
} from '../ip/network.js';
import { PolicyTable } from '../ip/policy-table.js';
import { RouteTable } from '../ip/route-table.js';
import { IP_ROUTES, IP_TTL, type IpTtl, type Routes } from '../ip/tokens.js';
import { GroupFrames } from '../link/group-frames.js';
import { isLinkLayer } from '../link/link-layer.js';
import { isNeighbours } from '../link/neighbour.js';
import { ALL_NODES, Ipv6Addresses, LOCALHOST6, linkLocalAddress, solicitedNode } from './addresses.js';
import { Admission6 } from './admission.js';
import { type Ipv6Counter, ipv6Counters } from './counters.js';
import { ipv6SocketDefaults } from './defaults.js';
import { ExtendedPackets } from './extended.js';
import { Problem } from './extensions.js';
import { FlowLabels } from './flow-label.js';
import { Forwarder6 } from './forwarding.js';
import { fragmentIpv6 } from './fragmentation.js';
import { IPV6, IPV6_LARGEST_PAYLOAD, IPV6_MIN_MTU, IPV6_SIZE, NextHeader } from './header.js';
import { Identifications } from './identification.js';
import { Ipv6Path } from './path.js';
import { Ipv6PathMtu } from './pmtu.js';
import { IPV6_OPTIONS, type Ipv6Options, type Ipv6Settings, ipv6Settings } from './settings.js';
import { addressUnreachable } from './unreachable.js';
import { Ways6 } from './ways.js';

/** ICMPv6's words for a rejection (RFC 4443 sections 3.1 and 3.4): type and code. */
const REJECTIONS: Record<Rejection, readonly [type: number, code: number]> = {
  'network-unreachable': [1, 0],
  'host-unreachable': [1, 3],
  'protocol-unreachable': [4, Problem.NextHeader],
  'port-unreachable': [1, 4],
  prohibited: [1, 1],
};

/** Types of neighbour discovery, from router solicitation to redirect (RFC 4861 section 4). */
const FIRST_DISCOVERY = 133;
const LAST_DISCOVERY = 137;

/** IPv6 (RFC 8200, RFC 4291, RFC 8201). */
@layer({ name: 'ipv6', over: [{ layer: 'ethernet', key: EtherType.Ipv6 }, { layer: 'ndp' }] })
export class Ipv6 extends Layer implements ControlledNetwork, DiscoveredNetwork {
  readonly version = 6;
  readonly counters = ipv6Counters();

  readonly routes: Routes;
  readonly pathMtu: Ipv6PathMtu;
  readonly policies: PolicyTable;
  private readonly groupFrames = new GroupFrames();
  readonly groups = new Groups(this.groupFrames);
  private readonly settings: Ipv6Settings;
  private readonly addresses: Ipv6Addresses;
  private readonly local: LocalDelivery;
  private readonly ways: Ways6;
  private readonly extended: ExtendedPackets;
  private readonly forwarder: Forwarder6 | null;
  private readonly ttl: IpTtl;
  private readonly identifications: Identifications;
  private readonly labels: FlowLabels;
  private readonly admission: Admission6;
  /** By interface index: what routers said that the link carries. */
  private readonly linkMtus: number[] = [];
  private discovery: Discovery | null = null;
  private reporter: ErrorReporter | null = null;
  private started = false;
  // One call site for each transport keeps the calls direct.
  private tcp: Layer | undefined;
  private udp: Layer | undefined;
  private icmpv6: Layer | undefined;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(IPV6_OPTIONS) options: Ipv6Options = {},
    @inject(SCOPE) scope: Scope = Scope.byHand(host, [ipv6SocketDefaults]),
    @inject(IP_ROUTES) routes: Routes = new RouteTable(),
  ) {
    super();
    this.settings = ipv6Settings.parse(options);
    this.routes = routes;
    this.pathMtu = new Ipv6PathMtu(this.settings.pmtu);
    this.ttl = scope.get(IP_TTL);
    this.identifications = new Identifications(host.random.fork('ipv6'));
    this.labels = new FlowLabels(host.random.fork('ipv6.flow-label'));
    this.policies = new PolicyTable(this.settings.policies);
    this.addresses = new Ipv6Addresses(host, this.policies);
    this.admission = new Admission6(this.addresses, this.groups);
    this.local = new LocalDelivery(
      host,
      new Cidr(LOCALHOST6, 128),
      (packet) => this.receiveLocal(packet),
      this.settings.localMtu,
    );
    this.ways = new Ways6(host, this.addresses, routes, this.local.interface);
    this.extended = new ExtendedPackets(host, this.settings, this.counters, this);
    this.forwarder = this.settings.forwarding ? new Forwarder6(routes, this.extended.chain, this.counters) : null;
    host.counters.set(this.name, this.counters);
  }

  get forwarding(): boolean {
    return this.settings.forwarding;
  }

  override attached(lower: Layer): void {
    if (isLinkLayer(lower)) this.groupFrames.link = lower;
    if (isDiscovery(lower)) this.discovery = lower;
    if (isNeighbours(lower)) {
      this.ways.neighbours = lower;
      if (this.forwarder !== null) this.forwarder.neighbours = lower;
      lower.onUnreachable = (packet) => this.neighbourFailed(packet);
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
    if (this.ways.neighbours === null && this.host.interfaces.some(({ device }) => device.loopback !== true)) {
      throw fail('NEIGHBOURS_MISSING', { layer: this.name, finder: 'ndp' });
    }
    this.groups.join(ALL_NODES, this.local.interface);
    for (const each of this.host.interfaces) {
      if (this.settings.linkLocal && each.device.loopback !== true) each.addresses.push(linkLocalAddress(each.mac));
      this.groups.join(ALL_NODES, each);
      for (const { address } of each.addresses)
        if (address.version === 6) this.groups.join(solicitedNode(address), each);
    }
    this.addresses.refresh();
    this.ways.addConfigured(this.settings);
    this.started = true;
    this.discovery?.begin(this);
  }

  override stop(): void {
    this.local.stop();
    this.extended.stop();
  }

  /** Gives an interface one more address, and its network a route. */
  addAddress(cidr: Cidr, via: NetworkInterface): void {
    via.addresses.push(cidr);
    this.addresses.refresh();
    this.ways.connect(cidr, via);
    this.groups.join(solicitedNode(cidr.address), via);
    if (this.started) this.discovery?.added(cidr, via);
  }

  /** Takes an address away; packets to it are no longer ours. */
  removeAddress(cidr: Cidr, via: NetworkInterface): void {
    const at = via.addresses.indexOf(cidr);
    if (at < 0) return;
    via.addresses.splice(at, 1);
    this.addresses.deprecate(cidr, false);
    this.addresses.refresh();
    this.ways.disconnect(cidr, via);
    this.groups.leave(solicitedNode(cidr.address), via);
  }

  deprecate(cidr: Cidr, deprecated: boolean): void {
    this.addresses.deprecate(cidr, deprecated);
  }

  limitMtu(via: NetworkInterface, mtu: number): void {
    if (mtu >= IPV6_MIN_MTU && mtu <= via.mtu) this.linkMtus[via.index] = mtu;
  }

  path(destination: IpAddress, options: PathOptions = {}): Path | NoPath {
    const way = this.ways.find(destination, options);
    if (typeof way === 'string') return way;
    const label = this.settings.flowLabel ? this.labels.choose(way.source, destination, options.flow) : 0;
    return new Ipv6Path(this, this, destination, way.source, options, options.ttl ?? this.ttl, label, way);
  }

  send(packet: Packet, path: Path, protocol: number, dontFragment = false): void {
    const why = this.emit(packet, path as Ipv6Path, protocol, dontFragment || (path as Ipv6Path).whole);
    if (why !== null) this.drop(packet, why);
  }

  receive(packet: Packet): void {
    this.counters.received++;
    const why = this.admission.admit(packet);
    if (why === null) this.accept(packet);
    else if (why === 'notForUs' && this.forwarder !== null) this.forwarder.forward(packet);
    else this.drop(packet, why);
  }

  isDeprecated(address: IpAddress): boolean {
    return this.addresses.isDeprecated(address);
  }

  isLocal(address: IpAddress): boolean {
    return address.version === 6 && (this.addresses.isOwn(address) || address.isLoopback);
  }

  /** There is no broadcast in IPv6; a group is what comes nearest. */
  isBroadcast(address: IpAddress): boolean {
    return address.isMulticast;
  }

  reject(packet: Packet, why: Rejection): void {
    const [type, code] = REJECTIONS[why];
    this.reporter?.report(packet, type, code);
  }

  failed(error: NetworkError, protocol: number): boolean {
    if (!this.isLocal(error.source)) return false;
    const upper = this.uppers.get(protocol);
    if (upper === undefined || !isTransport(upper)) return false;
    if (upper.recognizes?.(error) === false) return false;
    if (error.kind === 'fragmentation-needed') this.lowerPathMtu(error);
    this.counters.errors++;
    upper.networkError(error);
    return true;
  }

  /** @internal for paths */
  now(): number {
    return this.host.turn.active ? this.host.turn.now : this.host.clock.now();
  }

  /** @internal for paths */
  way(destination: IpAddress, options: PathOptions) {
    return this.ways.find(destination, options);
  }

  /** @internal for paths */
  linkMtu(via: NetworkInterface): number {
    return this.linkMtus[via.index] ?? via.mtu;
  }

  /** Writes the header and sends. @returns why not: the packet is still the caller's then. */
  private emit(packet: Packet, to: Ipv6Path, protocol: number, dontFragment: boolean): Ipv6Counter | null {
    const way = to.now();
    const payload = packet.end - packet.start;
    if (way === null) return 'noRoute';
    if (payload > IPV6_LARGEST_PAYLOAD) return 'tooLong';
    const { neighbour } = way;
    // A super-segment is cut by the device; what stays in memory is never cut.
    const fits = neighbour === null || packet.segmentSize > 0 || payload + IPV6_SIZE <= to.mtu;
    if (!fits && dontFragment) return 'cannotFragment';
    const { source, destination } = to;
    const at = packet.prepend(IPV6_SIZE);
    const { view } = packet;
    view.setInt32(at, 0x60000000 | (packet.trafficClass << 20) | to.flowLabel);
    view.setUint32(at + IPV6.payloadLength, (payload << 16) | (protocol << 8) | to.ttl.ttl(destination));
    source.write(view, at + IPV6.source);
    destination.write(view, at + IPV6.destination);
    packet.network = at;
    packet.transport = at + IPV6_SIZE;
    packet.sourceAt = at + IPV6.source;
    packet.destinationAt = at + IPV6.destination;
    packet.addressLength = 16;
    this.counters.sent++;
    if (neighbour === null) {
      this.local.push(packet, way.interface);
      return null;
    }
    if (to.loops) this.local.echo(packet, way.interface);
    if (fits) neighbour.send(packet, EtherType.Ipv6);
    else this.emitFragments(packet, neighbour, to.mtu);
    return null;
  }

  private emitFragments(packet: Packet, neighbour: { send(packet: Packet, type: number): void }, mtu: number): void {
    const fragments = fragmentIpv6(packet, mtu, this.identifications.next());
    if (fragments === null) {
      this.counters.noMemory++;
      return;
    }
    this.counters.fragmented++;
    this.counters.fragmentsSent += fragments.length;
    for (const each of fragments) neighbour.send(each, EtherType.Ipv6);
  }

  private receiveLocal(packet: Packet): void {
    this.counters.received++;
    const why = this.admission.admitLocal(packet);
    if (why === null) this.accept(packet);
    else this.drop(packet, why);
  }

  /** Takes a packet that is ours: looks at its extension headers, waits for its other fragments, and passes it up. */
  private accept(packet: Packet): void {
    const protocol = packet.view.getUint8(packet.start + IPV6.nextHeader);
    if (protocol === NextHeader.Tcp || protocol === NextHeader.Udp) {
      this.deliver(packet, packet.start + IPV6_SIZE, protocol, packet.start + IPV6.nextHeader, false);
      return;
    }
    this.extended.accept(packet);
  }

  /** @internal Passes a packet up whose upper-layer header is at `at`; `field` is what names it. */
  deliver(packet: Packet, at: number, protocol: number, field: number, fragmented: boolean): void {
    packet.start = at;
    packet.transport = at;
    this.counters.delivered++;
    if (protocol === NextHeader.Tcp && this.tcp !== undefined) this.tcp.receive(packet);
    else if (protocol === NextHeader.Udp && this.udp !== undefined) this.udp.receive(packet);
    else if (protocol === NextHeader.Icmpv6) this.deliverIcmp(packet, field, fragmented);
    else this.deliverOther(packet, protocol, field);
  }

  private deliverIcmp(packet: Packet, field: number, fragmented: boolean): void {
    const type = packet.end > packet.start ? packet.view.getUint8(packet.start) : 0;
    if (type >= FIRST_DISCOVERY && type <= LAST_DISCOVERY && this.discovery !== null) {
      // RFC 6980 section 5: discovery in fragments is an attack.
      if (!fragmented) this.discovery.receive(packet);
      else {
        this.counters.delivered--;
        this.drop(packet, 'badExtension');
      }
    } else if (this.icmpv6 !== undefined) this.icmpv6.receive(packet);
    else this.deliverOther(packet, NextHeader.Icmpv6, field);
  }

  private deliverOther(packet: Packet, protocol: number, field: number): void {
    const upper = this.uppers.get(protocol);
    if (upper !== undefined) {
      upper.receive(packet);
      return;
    }
    this.counters.delivered--;
    if (protocol === NextHeader.None) this.drop(packet, 'noNextHeader');
    else this.extended.drop(packet, 'unknownProtocol', Problem.NextHeader, field - packet.network);
  }

  /** Nobody answered for the next hop of a packet: its transport is told as if a router had said so. */
  private neighbourFailed(packet: Packet): void {
    const error = addressUnreachable(packet);
    if (this.isLocal(error.source)) this.failed(error, error.protocol);
    else this.reject(packet, 'host-unreachable');
    this.drop(packet, 'unreachable');
  }

  private lowerPathMtu(error: NetworkError): void {
    const { destination } = error;
    const route = this.routes.lookup(destination);
    if (route === null) return;
    const now = this.now();
    const current = Math.min(this.pathMtu.find(destination, now)?.mtu ?? 65535, this.linkMtu(route.interface));
    if (this.pathMtu.lower(destination, error.mtu, current, now) !== null) this.counters.pathMtuLowered++;
  }

  private drop(packet: Packet, why: Ipv6Counter): void {
    this.counters[why]++;
    packet.release();
  }

  private findUppers(): void {
    this.tcp = this.uppers.get(NextHeader.Tcp);
    this.udp = this.uppers.get(NextHeader.Udp);
    this.icmpv6 = this.uppers.get(NextHeader.Icmpv6);
    this.reporter = this.above.find(isErrorReporter) ?? null;
    this.extended.reporter = this.reporter;
    if (this.forwarder !== null) this.forwarder.reporter = this.reporter;
  }
}
