import {
  addSums,
  ChecksumState,
  type Fields,
  HOST,
  type Host,
  IpAddress,
  Layer,
  layer,
  NetworkInterface,
  type Packet,
  type Random,
  SCOPE,
  Scope,
  type Wiring,
} from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import type { Datagrams } from '../ip/datagrams.js';
import { toAddress, toPort } from '../ip/endpoint.js';
import {
  hasGroups,
  isNetwork,
  isTransport,
  type MulticastNetwork,
  type Network,
  type NetworkError,
  type NoPath,
  type Path,
  type Transport,
} from '../ip/network.js';
import type { PortObserver, PortUse } from '../ip/ports.js';
import {
  CHECKSUM,
  checksumField,
  checksumHolds,
  DESTINATION_PORT,
  LENGTH,
  pseudoSum,
  SOURCE_PORT,
  UDP_HEADER,
  UDP_PROTOCOL,
  udpLength,
} from './header.js';
import { errorOf } from './icmp-error.js';
import { RandomPorts, UDP_PORTS } from './ports.js';
import { UDP_UPPER } from './reasons.js';
import { UDP_OPTIONS, type UdpOptions, type UdpSettings, udpSettings } from './settings.js';
import { type UdpOutlet, UdpSocket, type UdpSocketOptions } from './socket.js';
import { type PortSharing, UdpSockets } from './sockets.js';

/** The behaviours of sockets where nothing is overridden. */
export function udpSocketDefaults(options: UdpOptions = {}): (wiring: Pick<Wiring<unknown>, 'bind'>) => void {
  const { firstPort, lastPort } = udpSettings.parse(options);
  return ({ bind }) => {
    bind(UDP_PORTS).toConstantValue(new RandomPorts(firstPort, lastPort));
  };
}

/** UDP (RFC 768): ports and a checksum over IP. */
@layer({
  name: 'udp',
  over: [
    { layer: 'ipv4', key: UDP_PROTOCOL },
    { layer: 'ipv6', key: UDP_PROTOCOL },
  ],
})
export class Udp extends Layer implements Datagrams, Transport, UdpOutlet {
  readonly counters = {
    /** Datagrams from and to the network. */
    received: 0,
    sent: 0,
    malformed: 0,
    badChecksum: 0,
    noChecksum: 0,
    /** For a port that nobody has. */
    noPort: 0,
    /** For a socket whose program did not keep up. */
    queueFull: 0,
    /** Not sent: no path, no memory. */
    unsent: 0,
    icmpErrors: 0,
  };
  /** Are told of ports in use. */
  readonly observers = new Set<PortObserver>();
  private readonly settings: UdpSettings;
  private readonly sockets = new UdpSockets();
  private readonly random: Random;
  private v4: Network | null = null;
  private v6: Network | null = null;

  constructor(
    @inject(HOST) readonly host: Host,
    @inject(UDP_OPTIONS) options: UdpOptions = {},
    @inject(SCOPE) private readonly scope: Scope = Scope.byHand(host, [udpSocketDefaults(options)]),
  ) {
    super();
    this.settings = udpSettings.parse(options);
    this.random = host.random.fork('udp');
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (!isNetwork(lower)) return;
    if (lower.version === 4) this.v4 = lower;
    else this.v6 = lower;
  }

  /** @throws EADDRINUSE when a socket has the port under which `upper` wants datagrams. */
  override registerLayer(upper: Layer): this {
    const port = upper.declaration.over.find((each) => each.layer === this.name)?.key;
    if (port !== undefined && this.sockets.first(port) !== null)
      throw fail('EADDRINUSE', { protocol: 'UDP', port, address: 'every address' });
    return super.registerLayer(upper);
  }

  override stop(): void {
    for (const socket of [...this.sockets]) socket.close();
  }

  override inspect(): Fields {
    return { 'held.sockets': this.sockets.size };
  }

  /** How many sockets are open. */
  get openSockets(): number {
    return this.sockets.size;
  }

  /**
   * Opens a socket.
   * @throws EINVAL, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, ENOBUFS
   */
  open(options: UdpSocketOptions = {}): UdpSocket {
    if (this.sockets.size >= this.settings.maxSockets)
      throw fail('ENOBUFS', { what: `${this.sockets.size} UDP sockets are open` });
    const address = options.address === undefined ? null : this.ownAddress(toAddress(options.address));
    const scope = this.scope.derive(options.overrides ?? []);
    const port = this.choosePort(options, address, scope);
    const socket = new UdpSocket(this, port, address, scope, options);
    this.sockets.add(socket);
    for (const each of this.observers) each.opened(useOf(socket));
    return socket;
  }

  /** Whether a socket could be opened on `port`, for one address or for all. */
  isPortFree(port: number, address: IpAddress | string | null = null): boolean {
    return this.isFree(toPort(port), address === null ? null : toAddress(address), {});
  }

  /** The way to `destination`; `socket` brings its own TTL and ID where they are overridden. */
  findPath(destination: IpAddress, source: IpAddress | null = null, socket: UdpSocket | null = null): Path | NoPath {
    const network = destination.version === 4 ? this.v4 : this.v6;
    if (network === null) return 'EAFNOSUPPORT';
    if (socket === null) return network.path(destination, source === null ? {} : { source });
    const { sending, trafficClass } = socket;
    const path = network.path(destination, { ...sending.pathOptions(destination, source), trafficClass });
    if (typeof path === 'string' || sending.broadcast) return path;
    return isForEverybody(destination, path) ? 'EACCES' : path;
  }

  /** The way back to the sender of a received packet, from the address it was sent to. */
  pathBack(packet: Packet): Path | NoPath {
    const { view, sourceAt, destinationAt, addressLength } = packet;
    const own = IpAddress.read(view, destinationAt, addressLength);
    const network = addressLength === 4 ? this.v4 : this.v6;
    return this.findPath(IpAddress.read(view, sourceAt, addressLength), network?.isLocal(own) === true ? own : null);
  }

  /**
   * Sends a packet that starts with its payload; takes ownership. Sockets and layers over UDP end here.
   * A packet too long for one datagram is dropped and counted.
   */
  send(packet: Packet, path: Path, sourcePort: number, destinationPort: number): void {
    const { view, pool } = packet;
    const length = packet.length + UDP_HEADER;
    if (length > 0xffff) {
      this.counters.unsent++;
      packet.release();
      return;
    }
    const at = packet.prepend(UDP_HEADER);
    packet.transport = at;
    packet.reason ??= UDP_UPPER;
    view.setUint16(at + SOURCE_PORT, sourcePort);
    view.setUint16(at + DESTINATION_PORT, destinationPort);
    view.setUint16(at + LENGTH, length);
    view.setUint16(at + CHECKSUM, 0);
    const pseudo = pseudoSum(path.addressSum, length);
    if (this.settings.checksum || path.network.version === 6) {
      // A device completes checksums of whole packets only: where IP will cut this one, it is done here.
      if (path.checksumOffload && length + path.headerSize <= path.mtu) {
        view.setUint16(at + CHECKSUM, pseudo);
        packet.checksum = ChecksumState.Partial;
      } else {
        view.setUint16(at + CHECKSUM, checksumField(addSums(pool.sum(at, length), pseudo)));
        packet.checksum = ChecksumState.Plain;
      }
    }
    this.counters.sent++;
    path.network.send(packet, path, UDP_PROTOCOL);
  }

  override receive(packet: Packet): void {
    this.counters.received++;
    const { view, start } = packet;
    const length = udpLength(view, start, packet.length);
    if (length === 0) {
      this.counters.malformed++;
      packet.release();
      return;
    }
    // IP may have carried more than the datagram; what is behind it is not ours.
    packet.trim(length);
    packet.transport = start;
    if (packet.checksum === ChecksumState.Plain && !this.accepts(packet, length)) {
      packet.release();
      return;
    }
    const port = view.getUint16(start + DESTINATION_PORT);
    const upper = this.uppers.get(port);
    if (upper !== undefined) {
      packet.strip(UDP_HEADER);
      upper.receive(packet);
      return;
    }
    if (packet.broadcast) {
      this.deliverToAll(packet);
      return;
    }
    const socket = this.sockets.best(packet);
    if (socket !== null) {
      socket.deliver(packet);
      return;
    }
    this.counters.noPort++;
    (packet.addressLength === 4 ? this.v4 : this.v6)?.reject(packet, 'port-unreachable');
    packet.release();
  }

  networkError(error: NetworkError): void {
    if (error.length < UDP_HEADER) return;
    this.counters.icmpErrors++;
    const { view, at } = error;
    const port = view.getUint16(at + SOURCE_PORT);
    const upper = this.uppers.get(port);
    if (upper !== undefined) {
      if (isTransport(upper)) upper.networkError(error);
      return;
    }
    const socket = this.sockets.sender(error);
    if (socket === null) return;
    const peerPort = view.getUint16(at + DESTINATION_PORT);
    const told = errorOf(error, peerPort);
    if (told !== null) socket.failed(told, peerPort, error);
  }

  /** @internal What the header of a received packet carries beside the fields of all. */
  headerOptionsOf(packet: Packet): Uint8Array | undefined {
    return packet.addressLength === 4 ? this.v4?.headerOptions?.of(packet) : undefined;
  }

  /** @internal Where a socket joins a group: by the interface that has `on`, or by the route to the group. */
  membership(
    group: IpAddress,
    on: IpAddress | NetworkInterface | null,
  ): { network: MulticastNetwork; via: NetworkInterface } | null {
    const network = group.version === 4 ? this.v4 : this.v6;
    if (network === null || !hasGroups(network)) return null;
    if (on instanceof NetworkInterface) return { network, via: on };
    if (on !== null && !on.isAny && !network.isLocal(on)) return null;
    const path = network.path(on === null || on.isAny ? group : on);
    return typeof path === 'string' ? null : { network, via: path.interface };
  }

  /** @internal Called by the socket. */
  closed(socket: UdpSocket): void {
    this.sockets.remove(socket);
    for (const each of this.observers) each.closed(useOf(socket));
  }

  private accepts(packet: Packet, length: number): boolean {
    if (packet.view.getUint16(packet.start + CHECKSUM) === 0) {
      // IPv6 has no header checksum of its own, so that UDP's is not optional there (RFC 8200 section 8.1).
      if (packet.addressLength === 4 && !this.settings.requireChecksum) return true;
      this.counters.noChecksum++;
      return false;
    }
    if (checksumHolds(packet, length)) return true;
    this.counters.badChecksum++;
    return false;
  }

  /** A broadcast or multicast datagram is for every socket of its port; nobody is told where there is none. */
  private deliverToAll(packet: Packet): void {
    const hearers = this.sockets.all(packet);
    if (hearers.length === 0) this.counters.noPort++;
    for (const each of hearers) {
      // A program may close another's socket while it has the datagram.
      const copy = each.closed ? null : packet.pool.copy(packet);
      if (copy !== null) each.deliver(copy);
    }
    packet.release();
  }

  private ownAddress(address: IpAddress): IpAddress {
    const network = address.version === 4 ? this.v4 : this.v6;
    if (network === null) throw fail('EAFNOSUPPORT', { address });
    // Who binds to a group or to everybody's address hears what is sent there, and nothing else.
    if (address.isAny || address.isMulticast || address.isBroadcast || network.isLocal(address)) return address;
    throw fail('EADDRNOTAVAIL', { address });
  }

  private choosePort(options: UdpSocketOptions, address: IpAddress | null, scope: Scope): number {
    if (options.port !== undefined && options.port !== 0) {
      const port = toPort(options.port);
      if (this.isFree(port, address, options)) return port;
      throw fail('EADDRINUSE', { protocol: 'UDP', port, address: address ?? 'every address' });
    }
    const port = scope.get(UDP_PORTS).choose((each) => this.isFree(each, address, {}), this.random);
    if (port === 0) throw fail('EADDRNOTAVAIL', { address: address ?? 'Every address' });
    if (this.isFree(toPort(port), address, options)) return port;
    throw fail('EADDRINUSE', { protocol: 'UDP', port, address: address ?? 'every address' });
  }

  private isFree(port: number, address: IpAddress | null, sharing: PortSharing): boolean {
    return !this.uppers.has(port) && this.sockets.isFree(port, address, sharing);
  }
}

/** Whether a destination is everybody on a link. Multicast needs no leave: who hears it has asked for it. */
function isForEverybody(destination: IpAddress, path: Path): boolean {
  if (destination.isBroadcast) return true;
  return path.interface.addresses.some((each) => each.broadcast?.equals(destination) === true);
}

function useOf({ localAddress, localPort }: UdpSocket): PortUse {
  return { protocol: 'udp', localAddress, localPort, remoteAddress: null, remotePort: 0 };
}
