import {
  ChecksumState,
  type Fields,
  HOST,
  type Host,
  IpAddress,
  Layer,
  layer,
  type Override,
  type Packet,
  SCOPE,
  Scope,
} from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import { toAddress, toPort } from '../ip/endpoint.js';
import {
  type HeaderOptions,
  isNetwork,
  type Network,
  type NetworkError,
  type Path,
  type PathOptions,
  type Transport,
} from '../ip/network.js';
import type { PortObserver, PortUse } from '../ip/ports.js';
import { believes, Guard } from './authentication/guard.js';
import { checksumHolds } from './checksum.js';
import { tcpCounters } from './counters.js';
import { tcpDefaults } from './defaults.js';
import type { TcpHandler } from './handler.js';
import { ACK, AT, RST, SYN } from './header.js';
import { hasHeaderOptions, noteHeaderOptions } from './header-options.js';
import { inspectTcp } from './inspect.js';
import type { ConnectionId } from './open/isn.js';
import { Listener, type ListenOptions } from './open/listen.js';
import { ListenerTable } from './open/listener-table.js';
import { PassiveOpens } from './open/passive-opens.js';
import { pathChoices, pathTo, ResetChoices } from './path-choices.js';
import { WHY } from './reasons.js';
import { isRefused, sendResetFor } from './reset.js';
import { Segment } from './segment/segment.js';
import { BlockPool } from './send/byte-queue.js';
import { TCP_PROTOCOL } from './send/transmitter.js';
import type { TcpSession } from './session.js';
import { DEFAULT_TCP_SETTINGS, TCP_SETTINGS, type TcpSettings } from './settings.js';
import { State } from './state.js';
import { ConnectionTable } from './table.js';
import { TCP_FASTOPEN, TCP_LISTEN, TCP_PORTS, TCP_SESSION } from './tokens.js';
import { mayBeTooBig } from './too-big.js';

/** How to connect. */
export interface ConnectOptions {
  address: IpAddress | string;
  /** 1..65535 */
  port: number;
  /** The address and port to connect from; left out: what the route and `tcp.ports` choose. */
  localAddress?: IpAddress | string;
  localPort?: number;
  /** Whether to take part in fast open where `tcp.fastopen` does; true unless said otherwise. */
  fastOpen?: boolean;
  /**
   * What is sent first; as much of it as fits goes with the SYN where fast open lets it. The peer's program may then get
   * it twice (RFC 7413 section 6.1): for requests that may be repeated. @throws EMSGSIZE when it is more than the send buffer holds
   */
  data?: Uint8Array;
  /**
   * IP options of its packets over IPv4, as `PathOptions.headerOptions` has them: a source route, which no received one
   * replaces (RFC 9293 section 3.9.2.1), record route, timestamps.
   */
  headerOptions?: Uint8Array;
  /** What is told of the connection; it may be set later, `session.handler`. */
  handler?: TcpHandler;
  /** Behaviours of this connection alone. */
  overrides?: readonly Override[];
  /** Numbers of this connection alone. */
  settings?: Partial<TcpSettings>;
}

/** TCP (RFC 9293): finds the connection that a segment belongs to, and opens new ones. */
@layer({
  name: 'tcp',
  over: [
    { layer: 'ipv4', key: TCP_PROTOCOL },
    { layer: 'ipv6', key: TCP_PROTOCOL },
  ],
})
export class Tcp extends Layer implements Transport {
  readonly counters = tcpCounters();
  /** Keeps out what is not signed as it should be. */
  readonly guard: Guard;
  /** Are told of ports in use. */
  readonly observers = new Set<PortObserver>();
  /** Memory for what connections queue. */
  readonly blocks = new BlockPool();

  private readonly table = new ConnectionTable();
  private readonly listeners = new ListenerTable();
  private readonly segment = new Segment();
  private readonly passiveOpens = new PassiveOpens(this);
  private readonly ofResets = new ResetChoices();
  private v4: Network | null = null;
  private v6: Network | null = null;

  constructor(
    @inject(HOST) readonly host: Host,
    @inject(TCP_SETTINGS) readonly settings: TcpSettings = DEFAULT_TCP_SETTINGS,
    @inject(SCOPE) readonly scope: Scope = Scope.byHand(host, [tcpDefaults]),
  ) {
    super();
    this.guard = new Guard(host, this.counters);
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (!isNetwork(lower)) return;
    if (lower.version === 4) this.v4 = lower;
    else this.v6 = lower;
  }

  /** Ends every connection with a reset, and every listener. */
  override stop(): void {
    for (const each of this.listeners.all()) each.close();
    for (const session of [...this.table]) session.abort();
  }

  /** How many connections there are, those in TIME-WAIT among them. */
  get connections(): number {
    return this.table.size;
  }

  /** All connections, for those who watch. */
  sessions(): TcpSession[] {
    return [...this.table];
  }

  /** All listeners, for those who watch. */
  listening(): readonly Listener[] {
    return this.listeners.all();
  }

  override inspect(): Fields {
    return inspectTcp(this);
  }

  /**
   * Listens on a port.
   * @throws EADDRINUSE, EADDRNOTAVAIL, EINVAL
   */
  listen(options: ListenOptions): Listener {
    const port = toPort(options.port);
    const address = options.address === undefined ? null : this.ownAddress(toAddress(options.address), true);
    if (!this.isPortFree(port, address)) {
      throw fail('EADDRINUSE', { protocol: 'TCP', port, address: address ?? 'every address' });
    }
    const scope = this.scope.derive(options.overrides ?? []);
    const settings = options.settings === undefined ? this.settings : { ...this.settings, ...options.settings };
    const { backlog = 128, limit = Number.POSITIVE_INFINITY } = options;
    const policy = scope.get(TCP_LISTEN);
    const listener = new Listener(this, port, address, scope, policy, settings, backlog, limit, options.onConnection);
    listener.fastOpenLimit = options.fastOpen ?? scope.get(TCP_FASTOPEN).pending;
    listener.deferAccept(options.deferAccept ?? 0);
    this.listeners.add(listener);
    this.observe('opened', listening(listener));
    return listener;
  }

  /** Whether nobody listens on `port`, on this address or on all. */
  isPortFree(port: number, address: IpAddress | string | null = null): boolean {
    return this.listeners.isPortFree(port, address === null ? null : toAddress(address));
  }

  /**
   * Opens a connection: the SYN leaves in this turn. What comes of it `handler` is told.
   * @throws EINVAL, EADDRINUSE, EADDRNOTAVAIL, ENETUNREACH, EAFNOSUPPORT
   */
  connect(options: ConnectOptions): TcpSession {
    const remoteAddress = toAddress(options.address);
    const remotePort = toPort(options.port);
    const scope = this.scope.derive(options.overrides ?? []);
    const source = options.localAddress === undefined ? undefined : this.ownAddress(toAddress(options.localAddress));
    const { headerOptions } = options;
    const choices = headerOptions === undefined ? pathChoices(scope) : { ...pathChoices(scope), headerOptions };
    const path = this.findPath(remoteAddress, source, choices);
    if (typeof path === 'string') throw fail(path, { address: remoteAddress });
    const localPort = this.chooseLocalPort(options, path, remotePort, scope);
    const id: ConnectionId = { localAddress: path.source, localPort, remoteAddress, remotePort };
    const settings = options.settings === undefined ? this.settings : { ...this.settings, ...options.settings };
    const size = options.data?.length ?? 0;
    if (size > settings.sendBuffer) throw fail('EMSGSIZE', { size, limit: settings.sendBuffer });
    const session = this.makeSession(id, path, scope, settings, options.handler ?? {}, null);
    this.counters.activeOpens++;
    this.host.turn.enter();
    try {
      session.open(options.fastOpen, options.data);
    } finally {
      this.host.turn.leave();
    }
    return session;
  }

  receive(packet: Packet): void {
    this.counters.segmentsIn++;
    const { segment } = this;
    if (packet.broadcast || !segment.read(packet)) {
      this.counters.malformed++;
      packet.release();
      return;
    }
    if (packet.checksum !== ChecksumState.Verified && !checksumHolds(packet)) {
      this.counters.badChecksum++;
      packet.release();
      return;
    }
    packet.transport = packet.start;
    const session = this.table.find(packet, segment);
    if (session === null) this.receiveForNobody(packet);
    else if (!this.guard.admits(session, packet, segment)) packet.release();
    else if (session.incoming !== null) session.incoming.run(packet);
    else this.receiveFor(session, packet);
  }

  /** Gives a packet that a hook has let pass to its connection; takes ownership. */
  receiveHooked(session: TcpSession, packet: Packet): void {
    if (this.segment.read(packet) && session.state !== State.Closed) this.receiveFor(session, packet);
    else packet.release();
  }

  /** `this.segment` holds the packet's segment. */
  private receiveFor(session: TcpSession, packet: Packet): void {
    const { segment } = this;
    if (session.state === State.TimeWait && this.reopens(session, segment))
      this.receiveForNobody(packet, session.sender.sndNxt);
    else {
      if (hasHeaderOptions(packet)) noteHeaderOptions(session, this, packet, segment);
      session.receive(segment);
      packet.release();
    }
  }

  headerOptionsOf({ addressLength }: Packet): HeaderOptions | undefined {
    return addressLength === 4 ? this.v4?.headerOptions : undefined;
  }

  recognizes(error: NetworkError): boolean {
    const session = this.sessionOf(error);
    if (session?.inFlight(error.view.getInt32(error.at + AT.sequence)) !== true) return false;
    return believes(session, error) && mayBeTooBig(session, error);
  }

  networkError(error: NetworkError): void {
    this.sessionOf(error)?.networkError(error);
  }

  /** The connection whose segment an ICMP error quotes: eight bytes hold ports and sequence number. */
  private sessionOf({ length, view, at, source, destination }: NetworkError): TcpSession | null {
    if (length < 8) return null;
    return this.table.lookUp(source, view.getUint16(at), destination, view.getUint16(at + AT.destinationPort));
  }

  /** Called by the listener. */
  unlisten(listener: Listener): void {
    this.listeners.remove(listener);
    this.observe('closed', listening(listener));
  }

  /** RFC 9293 sections 3.10.7.1 and 3.10.7.2: CLOSED and LISTEN. Takes ownership. */
  private receiveForNobody(packet: Packet, after?: number): void {
    const { segment } = this;
    const listener = this.listeners.find(packet, segment.destinationPort);
    if (!this.guard.admitsNew(listener?.scope ?? this.scope, packet, segment)) {
      packet.release();
      return;
    }
    if (listener !== null && (segment.flags & (SYN | ACK | RST)) === SYN)
      this.passiveOpens.answerSyn(listener, packet, segment, after);
    else if (listener === null || !this.passiveOpens.takeCookie(listener, packet, segment)) {
      this.counters.noConnection++;
      if (isRefused(segment.flags, listener === null ? this.settings.closedPorts : 'listening'))
        this.refuse(packet, listener);
    }
    packet.release();
  }

  /** Whether there is no room for another connection. */
  get full(): boolean {
    return this.table.size >= this.settings.maxConnections;
  }

  makePassive(id: ConnectionId, path: Path, listener: Listener): TcpSession {
    return this.makeSession(id, path, listener.scope, listener.settings, {}, listener);
  }

  refuse(packet: Packet, listener: Listener | null): void {
    const { view, sourceAt, destinationAt, addressLength } = packet;
    const scope = listener?.scope ?? this.scope;
    const source = IpAddress.read(view, destinationAt, addressLength);
    const path = this.findPath(IpAddress.read(view, sourceAt, addressLength), source, this.ofResets.get(scope));
    if (typeof path === 'string') return;
    const why = listener === null ? WHY.resetNoConnection : WHY.resetNotListening;
    const { segment, guard } = this;
    const signed = guard.refuse(packet, segment, path, why, scope);
    const { resetTimestamps } = listener?.settings ?? this.settings;
    if (signed ?? sendResetFor(segment, packet, path, why, scope, resetTimestamps)) this.counters.resetsSent++;
  }

  /** Whether a SYN begins a new incarnation of a connection in TIME-WAIT, which ends then. */
  private reopens(session: TcpSession, segment: Segment): boolean {
    if ((segment.flags & (SYN | ACK | RST)) !== SYN) return false;
    const { yieldsToNobody } = session.behaviour.timewait;
    if (yieldsToNobody !== true && !this.listeners.has(session.id.localPort)) return false;
    return session.givesWay(segment, this.settings.timestamps);
  }

  private makeSession(
    id: ConnectionId,
    path: Path,
    scope: Scope,
    settings: TcpSettings,
    handler: TcpHandler,
    listener: Listener | null,
  ): TcpSession {
    const session = scope.get(TCP_SESSION);
    let established = false;
    session.attach({
      host: this.host,
      blocks: this.blocks,
      id,
      path,
      settings,
      scope,
      handler,
      established: (each) => {
        established = true;
        this.counters.established++;
        listener?.established(each);
      },
      confirmed: (each) => listener?.confirmed(each),
      completes: (each, bare) => listener?.completes(each, bare) ?? 'now',
      answers: (each) => listener?.answersOf(each) ?? settings.synAckRetries,
      answersNow: (each) => listener?.answersNow(each) ?? true,
      ended: (each) => listener?.ended(each, established),
      removed: (each) => {
        this.table.remove(each);
        this.counters.closed++;
        this.observe('closed', { protocol: 'tcp', ...id });
      },
    });
    this.table.add(session);
    this.observe('opened', { protocol: 'tcp', ...id });
    return session;
  }

  private chooseLocalPort(options: ConnectOptions, path: Path, remotePort: number, scope: Scope): number {
    const { source, destination } = path;
    const free = (port: number) =>
      !this.table.has(source, port, destination, remotePort) && this.isPortFree(port, source);
    if (options.localPort !== undefined && options.localPort !== 0) {
      const port = toPort(options.localPort);
      if (this.table.has(source, port, destination, remotePort)) {
        throw fail('EADDRINUSE', { protocol: 'TCP', port, address: source });
      }
      return port;
    }
    const id = { localAddress: source, localPort: 0, remoteAddress: destination, remotePort };
    const port = scope.get(TCP_PORTS).choose(id, free);
    if (port === 0) throw fail('EADDRNOTAVAIL', { address: source });
    return port;
  }

  findPath(remote: IpAddress, source: IpAddress | undefined, choices: PathOptions) {
    const network = remote.version === 4 ? this.v4 : this.v6;
    return pathTo(network, remote, source === undefined ? choices : { ...choices, source });
  }

  private ownAddress(address: IpAddress, orAny = false): IpAddress {
    const network = address.version === 4 ? this.v4 : this.v6;
    if (orAny && address.isAny && network !== null) return address;
    if (network?.isLocal(address) !== true) throw fail('EADDRNOTAVAIL', { address });
    return address;
  }

  private observe(what: keyof PortObserver, use: PortUse): void {
    for (const each of this.observers) each[what](use);
  }
}

function listening(listener: Listener): PortUse {
  return {
    protocol: 'tcp',
    localAddress: listener.address,
    localPort: listener.port,
    remoteAddress: null,
    remotePort: 0,
  };
}
