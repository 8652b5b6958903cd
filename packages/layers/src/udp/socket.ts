import {
  type AnyToken,
  type Counters,
  type Hook,
  HookPoint,
  type Host,
  IpAddress,
  type NetworkInterface,
  type NetwrightError,
  type Override,
  type Packet,
  type Reason,
  type Scope,
} from '@netwright/core';
import { fail } from '../errors.js';
import { toAddress, toPort } from '../ip/endpoint.js';
import type { MulticastNetwork, NetworkError, NoPath, Path } from '../ip/network.js';
import { IP_ID, IP_TTL } from '../ip/tokens.js';
import { dress, type ReceivedDatagram, type UdpOrigin } from './datagram.js';
import { DESTINATION_PORT, SOURCE_PORT, UDP_HEADER } from './header.js';
import { type MembershipResult, Memberships } from './memberships.js';
import { PathCache } from './path-cache.js';
import type { PortHolder } from './port-table.js';
import { DatagramQueue } from './queue.js';
import { UDP_DATAGRAM, UDP_INJECTED } from './reasons.js';
import { DatagramSending } from './sending.js';

/** How a socket is opened. */
export interface UdpSocketOptions {
  /** Left out or 0: one is chosen, see `udp.ports`. */
  port?: number;
  /** One of the stack's addresses, 0.0.0.0 or :: for all of that version; left out: all. */
  address?: IpAddress | string;
  /** Whether it may send to everybody. */
  broadcast?: boolean;
  /** Whether others that say so too may have the same port; the one that fits a datagram best gets it, of equals the last to come. */
  reuse?: boolean;
  /** As `reuse`, but what would fit equals is spread among them by its sender. */
  reusePort?: boolean;
  /** Bytes that may wait for `receive`; 256 KiB. */
  receiveBuffer?: number;
  /** DSCP in the upper six bits of the TOS or traffic class byte. */
  trafficClass?: number;
  /** IP options of each datagram over IPv4, as `PathOptions.headerOptions` has them. */
  headerOptions?: Uint8Array;
  /** Behaviours of this socket alone: `udp.ports`, `ip.ttl`, `ip.id`. */
  overrides?: readonly Override[];
  /** Why it sends, for watchers. */
  reason?: Reason;
}

/** What became of a datagram: it is on its way, or why it is not (names after errno). */
export type UdpSendResult = 'sent' | NoPath | 'ENOBUFS';

/** What became of joining or leaving a group (names after errno). */
export type JoinResult = MembershipResult | 'ENODEV';

/** What a socket needs of the layer that opened it. */
export interface UdpOutlet {
  readonly host: Host;
  readonly counters: Counters;
  findPath(destination: IpAddress, source: IpAddress | null, socket: UdpSocket): Path | NoPath;
  send(packet: Packet, path: Path, sourcePort: number, destinationPort: number): void;
  headerOptionsOf(packet: Packet): Uint8Array | undefined;
  membership(
    group: IpAddress,
    on: IpAddress | NetworkInterface | null,
  ): { network: MulticastNetwork; via: NetworkInterface } | null;
  closed(socket: UdpSocket): void;
}

/** Gets a datagram; `data` is borrowed: copy what is to stay. */
export type MessageListener = (data: Uint8Array, from: UdpOrigin) => void;
/** Gets what ICMP told; `to` is where the datagram had been sent. */
export type ErrorListener = (
  error: NetwrightError,
  to: { address: IpAddress; port: number },
  icmp: NetworkError,
) => void;

interface Waiter {
  resolve(datagram: ReceivedDatagram): void;
  reject(error: Error): void;
}

const DEFAULT_RECEIVE_BUFFER = 262144;
const KEPT_PATHS = 8;
const encoder = new TextEncoder();

/** A bound port. `Udp.open` makes it. */
export class UdpSocket implements PortHolder<UdpSocket> {
  /** Gets each datagram as it comes. While it is null, and there is no `upper`, they wait for `receive`. */
  onMessage: MessageListener | null = null;
  onError: ErrorListener | null = null;
  /** Gets datagrams as packets, `packet.start` at the payload, and owns them: the way without a copy. */
  upper: { receive(packet: Packet): void } | null = null;
  /** Where hooks sit; null where none does. */
  incoming: HookPoint | null = null;
  outgoing: HookPoint | null = null;
  /** The peer, once connected: datagrams of others do not reach it. */
  remoteAddress: IpAddress | null = null;
  remotePort = 0;
  closed = false;
  /** The address it sends to its peer from; null while it has none. */
  connectedFrom: IpAddress | null = null;
  /** The groups it has joined. */
  readonly memberships = new Memberships();
  /** @internal the port table's */
  nextOnPort: UdpSocket | null = null;

  /** How its datagrams leave; its own TTL and ID, where its scope overrides them, are resolved once. */
  readonly sending: DatagramSending;

  private readonly queue: DatagramQueue;
  private readonly waiters: Waiter[] = [];
  private readonly paths: PathCache;
  private service: number;
  private lastOrigin: UdpOrigin | null = null;
  /** Bytes of the network header that it came with: one with options says something new. */
  private lastHeader = 0;

  constructor(
    private readonly udp: UdpOutlet,
    readonly localPort: number,
    /** null: all of the stack's. */
    readonly localAddress: IpAddress | null,
    /** The behaviours it was made from. */
    readonly scope: Scope,
    readonly options: UdpSocketOptions,
  ) {
    this.queue = new DatagramQueue(options.receiveBuffer ?? DEFAULT_RECEIVE_BUFFER);
    this.paths = new PathCache(KEPT_PATHS, (destination, source) => udp.findPath(destination, source, this));
    this.service = options.trafficClass ?? 0;
    const own = (token: AnyToken) => scope.overrides.some((each) => each.token === token);
    const behaviours = {
      ...(own(IP_TTL) ? { ttl: scope.get(IP_TTL) } : {}),
      ...(own(IP_ID) ? { id: scope.get(IP_ID) } : {}),
    };
    this.sending = new DatagramSending(behaviours, localAddress, options.broadcast === true, () => this.paths.clear());
    if (options.headerOptions !== undefined) this.sending.set({ headerOptions: options.headerOptions });
  }

  /** TOS or traffic class byte of what it sends. */
  get trafficClass(): number {
    return this.service;
  }

  set trafficClass(byte: number) {
    // Routes may tell services apart.
    if (byte !== this.service) this.paths.clear();
    this.service = byte;
  }

  /**
   * Takes `address` and `port` as its peer: it sends there and hears nobody else.
   * @throws EINVAL, EBADF, EISCONN, ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT, EACCES
   */
  connect(port: number, address: IpAddress | string): this {
    if (this.closed) throw fail('EBADF', { protocol: 'UDP' });
    if (this.remoteAddress !== null)
      throw fail('EISCONN', { protocol: 'UDP', peer: `${this.remoteAddress} port ${this.remotePort}` });
    const peer = toAddress(address);
    const path = this.paths.get(peer, null);
    if (typeof path === 'string') throw fail(path, { address: peer });
    this.remotePort = toPort(port);
    this.remoteAddress = peer;
    this.connectedFrom = path.source;
    return this;
  }

  /** Has no peer any more. */
  disconnect(): void {
    this.remoteAddress = null;
    this.connectedFrom = null;
    this.remotePort = 0;
  }

  /**
   * Sends one datagram. Longer ones than the path's MTU are fragmented by the network layer.
   * @param source one of the stack's addresses, for an answer; left out: the socket's, or the one that fits the route.
   * @returns 'sent' once it is on its way; that says nothing about its arrival.
   * @throws EBADF, ENOTCONN, EISCONN, EINVAL, EMSGSIZE, EACCES
   */
  send(
    data: Uint8Array | string,
    port = this.remotePort,
    address: IpAddress | string | null = this.remoteAddress,
    source: IpAddress | null = null,
  ): UdpSendResult {
    return this.sendBy(this.outgoing, this.options.reason ?? UDP_DATAGRAM, data, port, address, source);
  }

  /** As `send`, but no hook sees it. */
  inject(
    data: Uint8Array | string,
    port = this.remotePort,
    address: IpAddress | string | null = this.remoteAddress,
  ): UdpSendResult {
    return this.sendBy(null, UDP_INJECTED, data, port, address, null);
  }

  /**
   * The next datagram, now or when it comes. Not while `onMessage` takes them.
   * @throws EBADF once the socket is closed; ECONNREFUSED when the peer of a connected socket says so.
   */
  receive(): Promise<ReceivedDatagram> {
    const next = this.queue.take();
    if (next !== undefined) return Promise.resolve(next);
    if (this.closed) return Promise.reject(fail('EBADF', { protocol: 'UDP' }));
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  /** The next datagram, if one waits. */
  poll(): ReceivedDatagram | undefined {
    return this.queue.take();
  }

  /**
   * Joins a group.
   * @param on the address of an interface, or the interface itself; null: where routes say.
   * @param source hears the group from this address alone; to be called for each.
   */
  join(group: IpAddress, on: IpAddress | NetworkInterface | null = null, source: IpAddress | null = null): JoinResult {
    if (!group.isMulticast) return 'EINVAL';
    const place = this.udp.membership(group, on);
    return place === null ? 'ENODEV' : this.memberships.join(group, place.via, place.network, source);
  }

  /** Takes a `join` back. */
  leave(group: IpAddress, on: IpAddress | NetworkInterface | null = null, source: IpAddress | null = null): JoinResult {
    const place = this.udp.membership(group, on);
    if (place === null) return on === null ? 'EADDRNOTAVAIL' : 'ENODEV';
    return this.memberships.leave(group, place.via, source);
  }

  /** Hooks in on both sides, or takes hooks off. */
  hook(incoming: Hook | null, outgoing: Hook | null): void {
    const { host } = this.udp;
    this.incoming?.clear();
    this.outgoing?.clear();
    this.incoming = incoming === null ? null : new HookPoint(host, incoming, (packet) => this.take(packet));
    this.outgoing = outgoing === null ? null : new HookPoint(host, outgoing, (packet) => this.emitSeen(packet));
  }

  /** Gives the port back. Whoever waits for a datagram is told EBADF. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.hook(null, null);
    this.memberships.clear();
    this.udp.closed(this);
    this.queue.clear();
    this.paths.clear();
    for (const waiter of this.waiters.splice(0)) waiter.reject(fail('EBADF', { protocol: 'UDP' }));
  }

  /**
   * How well a datagram from `peerPort` at `peerAt` to our address at `ownAt` fits: 0 not at all, else the more it
   * has bound of the two ends, the higher.
   */
  fit(view: DataView, ownAt: number, peerAt: number, addressLength: number, peerPort: number): number {
    const { localAddress, remoteAddress } = this;
    let score = 1;
    if (localAddress !== null) {
      if (localAddress.size !== addressLength) return 0;
      if (!localAddress.isAny) {
        if (!localAddress.isAt(view, ownAt)) return 0;
        score += 1;
      }
    }
    if (remoteAddress !== null) {
      if (this.remotePort !== peerPort || remoteAddress.size !== addressLength) return 0;
      if (!remoteAddress.isAt(view, peerAt)) return 0;
      score += 2;
    }
    return score;
  }

  /** @internal A datagram for this socket, `packet.start` at its header; takes ownership. */
  deliver(packet: Packet): void {
    if (this.incoming !== null) this.incoming.run(packet);
    else this.take(packet);
  }

  /** @internal What ICMP told about a datagram of this socket. */
  failed(error: NetwrightError, port: number, icmp: NetworkError): void {
    // Only a peer's own refusal ends a wait: what routers say may be passing (RFC 1122 section 3.2.2.1).
    if (error.code === 'ECONNREFUSED' && this.remoteAddress !== null) this.waiters.shift()?.reject(error);
    if (this.onError === null) return;
    try {
      this.onError(error, { address: icmp.destination, port }, icmp);
    } catch (thrown) {
      this.udp.host.fault(thrown);
    }
  }

  /** Where a packet with its header at `packet.transport` came from. The same peer is the same object, most often. */
  originOf(packet: Packet): UdpOrigin {
    const { view, sourceAt, destinationAt, addressLength } = packet;
    const port = view.getUint16(packet.transport + SOURCE_PORT);
    const last = this.lastOrigin;
    if (
      last !== null &&
      packet.transport - packet.network === this.lastHeader &&
      last.port === port &&
      last.address.size === addressLength &&
      last.address.isAt(view, sourceAt) &&
      last.to.isAt(view, destinationAt)
    )
      return last;
    const address = IpAddress.read(view, sourceAt, addressLength);
    const origin = { address, port, to: IpAddress.read(view, destinationAt, addressLength) };
    const headerOptions = this.udp.headerOptionsOf(packet);
    if (headerOptions !== undefined) return { ...origin, headerOptions };
    this.lastOrigin = origin;
    this.lastHeader = packet.transport - packet.network;
    return origin;
  }

  private take(packet: Packet): void {
    packet.transport = packet.start;
    packet.strip(UDP_HEADER);
    if (this.upper !== null) {
      this.upper.receive(packet);
      return;
    }
    const data = packet.bytes.subarray(packet.start, packet.end);
    const from = this.originOf(packet);
    try {
      if (this.onMessage !== null) this.onMessage(data, from);
      else if (this.waiters.length > 0) this.waiters.shift()?.resolve({ data: data.slice(), from });
      else if (!this.queue.offer(data, from)) this.udp.counters.queueFull++;
    } catch (error) {
      this.udp.host.fault(error);
    } finally {
      packet.release();
    }
  }

  private sendBy(
    hooks: HookPoint | null,
    why: Reason,
    data: Uint8Array | string,
    port: number,
    address: IpAddress | string | null,
    source: IpAddress | null,
  ): UdpSendResult {
    if (this.closed) throw fail('EBADF', { protocol: 'UDP' });
    if (address === null) throw fail('ENOTCONN', { protocol: 'UDP' });
    const to = toAddress(address);
    const toPeer = toPort(port);
    const path = this.paths.get(to, source);
    if (path === 'EACCES') throw fail('EACCES', { address: to });
    if (typeof path === 'string') return this.unsent(path);
    const payload = typeof data === 'string' ? encoder.encode(data) : data;
    const largest = 65535 - UDP_HEADER - (path.network.version === 4 ? path.headerSize : 0);
    const limit = this.sending.whole ? Math.min(largest, path.mtu - path.headerSize - UDP_HEADER) : largest;
    if (payload.length > limit) throw fail('EMSGSIZE', { size: payload.length, limit });
    const { pool, turn } = this.udp.host;
    const packet = pool.takeWith(payload);
    if (packet === null) return this.unsent('ENOBUFS');
    packet.reason = why;
    packet.decider = this.scope;
    packet.trafficClass = this.trafficClass;
    turn.enter();
    try {
      if (hooks === null) this.udp.send(packet, path, this.localPort, toPeer);
      else hooks.run(dress(packet, path, this.localPort, toPeer));
    } finally {
      turn.leave();
    }
    return 'sent';
  }

  /** A packet that a hook has seen: it goes where its header and addresses say now. */
  private emitSeen(packet: Packet): void {
    const { view, start } = packet;
    const sourcePort = view.getUint16(start + SOURCE_PORT);
    const destinationPort = view.getUint16(start + DESTINATION_PORT);
    const source = IpAddress.read(view, packet.sourceAt, packet.addressLength);
    const path = this.paths.get(IpAddress.read(view, packet.destinationAt, packet.addressLength), source);
    if (typeof path === 'string') {
      this.unsent(path);
      packet.release();
      return;
    }
    packet.strip(UDP_HEADER);
    this.udp.send(packet, path, sourcePort, destinationPort);
  }

  private unsent(why: NoPath | 'ENOBUFS'): UdpSendResult {
    this.udp.counters.unsent++;
    return why;
  }
}
