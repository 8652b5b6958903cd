import { type IpAddress, type Override, override } from '@netwright/core';
import {
  type CongestionControl,
  type FastOpenOffer,
  IP_TTL,
  LinuxSession,
  type Listener,
  type Md5Authentication,
  State,
  synchronized,
  TCP_CONGESTION,
  TCP_FASTOPEN,
  TCP_LISTEN,
  type TcpHandler,
  type TcpSession,
  type TcpSettings,
} from '@netwright/layers';
import type { Environment } from '../run/environment.js';
import { type Attempt, caught, type Descriptor, failure, type Result, success } from './descriptor.js';
import { FastOpenChoice } from './fast-open-options.js';
import { SocketTtl } from './socket-ttl.js';
import { MSG, POLL, Transfer, ZEROS } from './transfer.js';

/** A TCP socket as the BSD interface knows it, over sessions and listeners. */
export class StreamSocket extends Transfer implements Descriptor {
  listener: Listener | null = null;
  readonly overrides: Override[] = [];
  bound: { address: IpAddress | null; port: number } | null = null;
  /** SO_LINGER: ms, or null when it is off. */
  linger: number | null = null;
  /** What it chooses of fast open. */
  readonly fast = new FastOpenChoice();
  /** SO_SNDBUF and SO_RCVBUF as getsockopt tells them; null where they were not set. */
  sendBuffer: number | null = null;
  receiveBuffer: number | null = null;

  /** SO_KEEPALIVE, the stack of TCP_FUNCTION_BLK, and TCP_REMOTE_UDP_ENCAPS_PORT, as FreeBSD has them. */
  keepsAlive = false;
  stackName = 'freebsd';
  tunnelPort = 0;
  /** Options that change nothing and are told again: SO_REUSEADDR and the like. */
  readonly remembered = new Map<string, number>();

  /** Whether a program has it no longer. */
  closed = false;

  private backlog = 0;
  /** TCP_DEFER_ACCEPT, in ms. */
  deferral = 0;
  /** TCP_QUICKACK as it is told. */
  quickAck = true;
  /** IP_TTL. */
  life = new SocketTtl();
  /** Where connect() will go to with the first data: TCP_FASTOPEN_CONNECT. */
  private postponed: { address: IpAddress; port: number } | null = null;
  private accepted = 0;
  private readonly waiting: StreamSocket[] = [];
  private connecting = false;

  constructor(
    environment: Environment,
    /** Is told of every connection as it begins: the one that is looked at is the latest. */
    private readonly began: (socket: StreamSocket) => void,
  ) {
    super(environment);
  }

  /** TCP_CONGESTION of connections to come. */
  congestion: string | null = null;

  chooseCongestion(name: string, make: () => CongestionControl): void {
    this.congestion = name;
    this.overrides.push(override(TCP_CONGESTION, { make }, `congestion.${name}`));
  }

  /** The numbers that its connection goes by, or will. */
  get inEffect(): Readonly<TcpSettings> {
    return this.session?.settings ?? { ...this.environment.tcp.settings, ...this.settings };
  }

  protected get waitsForData(): boolean {
    return this.postponed !== null;
  }

  bind(address: IpAddress | null, port: number): Result {
    if (this.bound !== null) return failure('EINVAL');
    if (!this.environment.tcp.isPortFree(port, address)) return failure('EADDRINUSE');
    this.bound = { address, port };
    return success();
  }

  listen(backlog: number): Result {
    if (this.session !== null) return failure('EINVAL');
    this.backlog = backlog;
    if (this.listener !== null) return success();
    const { address, port } = this.bound ?? { address: null, port: this.environment.options.addresses.bindPort };
    const { opening, late } = this.environment;
    const room = opening.listening(
      () => this.backlog,
      () => this.waiting.length,
    );
    return caught(() => {
      this.listener = this.environment.tcp.listen({
        port,
        ...(address === null ? {} : { address }),
        backlog: Number.MAX_SAFE_INTEGER,
        fastOpen: opening.pending(this.fast.pending, backlog),
        deferAccept: this.deferral,
        settings: this.settings,
        overrides: [
          ...late,
          override(IP_TTL, { value: this.life }),
          ...this.overrides,
          this.fastOpenOverride(),
          override(TCP_LISTEN, { value: room }),
        ],
        onConnection: (session) => this.welcome(session),
      });
      return success();
    });
  }

  /** Keys of peers that sign (RFC 2385). */
  get signatures(): Md5Authentication {
    return this.environment.signatures;
  }

  /** What changes while it listens holds for the connections to come. */
  override configure(changes: Partial<TcpSettings>): Result {
    if (this.listener !== null) Object.assign(this.listener.settings, changes);
    return super.configure(changes);
  }

  private fastOpenOverride(): Override {
    return override(TCP_FASTOPEN, { value: this.environment.opening.fastOpen(this.fast) });
  }

  /** TCP_DEFER_ACCEPT, in ms. */
  deferAccept(wait: number): void {
    this.deferral = wait;
    this.listener?.deferAccept(wait);
  }

  /** Whether clients may open fast at all. */
  get mayConnectFast(): boolean {
    return this.environment.opening.client;
  }

  /** TCP_FASTOPEN. */
  allowFastOpens(pending: number): void {
    this.fast.pending = pending;
    if (this.listener !== null) this.listener.fastOpenLimit = this.environment.opening.pending(pending, this.backlog);
  }

  private welcome(session: TcpSession): TcpHandler {
    const child = new StreamSocket(this.environment, this.began);
    child.session = session;
    child.life = this.life;
    child.settings = { ...this.settings };
    child.maxSegment = this.maxSegment;
    child.linger = this.linger;
    child.sendBuffer = this.sendBuffer;
    child.receiveBuffer = this.receiveBuffer;
    for (const [name, on] of this.remembered) child.remembered.set(name, on);
    child.corked = this.corked;
    child.readLowWater = this.readLowWater;
    child.tellsInq = this.tellsInq;
    child.keepsAlive = this.keepsAlive;
    child.stackName = this.stackName;
    child.urgentInLine = this.urgentInLine;
    child.readTimeout = this.readTimeout;
    child.writeTimeout = this.writeTimeout;
    child.errors.zeroCopy = this.errors.zeroCopy;
    child.errors.setStamps(this.errors.stampFlags, session);
    child.becameEstablished(session);
    this.waiting.push(child);
    this.began(child);
    return child.handler;
  }

  /** The next connection: its socket, or why there is none. */
  accept(): StreamSocket | Result | null {
    if (this.listener === null) return failure('EINVAL');
    const child = this.waiting.shift();
    if (child !== undefined) {
      // What was reset while it waited is told here (accept(2)).
      if (!this.linux && child.over) return failure('ECONNABORTED');
      this.accepted++;
      return child;
    }
    return this.nonblocking ? failure('EAGAIN') : null;
  }

  override shutdown(how: number): Result {
    if (this.listener === null || !this.linux) return super.shutdown(how);
    // Of a listener there is nothing to write; one that does not read listens no longer (shutdown(2)).
    if (how < 0 || how > 2) return failure('EINVAL');
    if (how !== 1) this.stopListening();
    return success();
  }

  private stopListening(): void {
    const { listener } = this;
    if (listener === null) return;
    listener.close();
    for (const each of this.waiting.splice(0)) each.session?.abort();
    for (const each of this.environment.tcp.sessions())
      if (each instanceof LinuxSession && each.passive && each.id.localPort === listener.port) each.vanish();
    this.listener = null;
  }

  connect(address: IpAddress, port: number): Attempt {
    if (this.listener !== null) return () => failure(this.linux ? 'EISCONN' : 'EOPNOTSUPP');
    if (!this.linux && port === 0) return () => failure('EADDRNOTAVAIL');
    if (this.postponed !== null) return () => failure('EISCONN');
    const again = this.session === null ? null : this.connectAgain();
    if (again !== null) return () => again;
    if (this.linux && this.fast.connect && this.offer(address)?.data === true) {
      // The SYN waits for what it will carry.
      this.postponed = { address, port };
      return () => success();
    }
    return this.open(address, port, this.fast.connect);
  }

  /** connect() to nobody: the connection is broken off, and the socket may connect again (connect(2)). */
  disconnect(): Result {
    if (!this.linux) return failure('EAFNOSUPPORT');
    this.session?.abort();
    this.stopListening();
    this.session = this.postponed = null;
    this.connecting = false;
    this.startAnew();
    return success();
  }

  /** What the SYN of a fast open to `address` would carry. */
  private offer(address: IpAddress): FastOpenOffer | null {
    const { opening, options } = this.environment;
    return opening.fastOpen(this.fast).offer(options.addresses.local, address);
  }

  private open(address: IpAddress, port: number, fastOpen: boolean, data?: Uint8Array): Attempt {
    const { late } = this.environment;
    const begun = caught(() => {
      this.session = this.environment.tcp.connect({
        address,
        port,
        fastOpen,
        ...(data === undefined ? {} : { data }),
        ...(this.bound === null ? {} : { localPort: this.bound.port }),
        ...(this.bound?.address ? { localAddress: this.bound.address } : {}),
        handler: this.handler,
        settings: this.settings,
        overrides: [
          ...late,
          override(IP_TTL, { value: this.life }),
          ...this.overrides,
          ...(fastOpen ? [this.fastOpenOverride()] : []),
        ],
      });
      this.connecting = true;
      this.began(this);
      return success();
    });
    if (begun.errno !== null) return () => begun;
    if (this.nonblocking) return () => failure('EINPROGRESS');
    return () => (this.established ? success() : this.over ? failure(this.takeError() ?? 'ECONNREFUSED') : null);
  }

  /** sendto(… MSG_FASTOPEN …), and the first write after a connect() that waits for it (tcp(7), RFC 7413 appendix A.1). */
  sendFast(address: IpAddress, port: number, bytes: number, flags: number): Attempt {
    if (!this.environment.opening.client) return () => failure('EOPNOTSUPP');
    if (this.linux && this.established && this.connecting && !this.over) {
      // Who did not wait for it is told of the connection by its data being taken.
      this.connecting = false;
      return super.write(bytes, flags);
    }
    if (this.listener !== null || this.established) return () => failure('EISCONN');
    if (this.session !== null) return () => failure('EALREADY');
    const target = this.postponed ?? { address, port };
    this.postponed = null;
    const offer = this.offer(target.address);
    const blocking = !this.nonblocking && (flags & MSG.dontWait) === 0;
    // Without waiting nothing is queued but what goes with the SYN.
    const carried = offer?.data === true ? Math.min(bytes, this.roomInSyn(offer)) : 0;
    const buffer = this.settings.sendBuffer ?? this.environment.tcp.settings.sendBuffer;
    const queued = blocking ? Math.min(bytes, buffer, ZEROS.length) : carried;
    const opened = this.open(target.address, target.port, true, ZEROS.subarray(0, queued))();
    const error = opened !== null && opened.value < 0 && opened.errno !== 'EINPROGRESS';
    if (error) return () => opened;
    if (blocking) return this.waitAndWrite(bytes, queued, flags);
    return () => (carried > 0 ? success(carried) : failure('EINPROGRESS'));
  }

  /** FreeBSD's sendto() of a socket that is not connected: all is queued, and the SYN carries what it may. */
  sendImplied(address: IpAddress, port: number, bytes: number, ends = false): Attempt {
    const buffer = this.settings.sendBuffer ?? this.environment.tcp.settings.sendBuffer;
    const queued = Math.min(bytes, buffer, ZEROS.length);
    const opened = this.open(address, port, this.fast.connect, ZEROS.subarray(0, queued))();
    if (ends && queued === bytes) this.session?.shutdown();
    return () => (opened === null || opened.errno === 'EINPROGRESS' ? success(queued) : opened);
  }

  /** Whether sendto() connects it, as on FreeBSD. */
  get connectsBySending(): boolean {
    return !this.linux && this.session === null && this.listener === null;
  }

  /** Bytes of data that Linux puts into a SYN. */
  private roomInSyn(offer: FastOpenOffer): number {
    const { local, mtu } = this.environment.options.addresses;
    const mss = mtu - (local.version === 4 ? 40 : 60);
    return Math.max(0, Math.min(offer.mss, this.settings.mss || mss, mss) - 40);
  }

  /** @returns null where it may begin anew */
  private connectAgain(): Result | null {
    if (!this.linux) {
      // What is over may not begin anew (connect(2)).
      if (this.over) return failure('ECONNREFUSED');
      return failure(this.established ? 'EISCONN' : 'EALREADY');
    }
    if (this.over && this.connecting) {
      // Once it was told how it ended, the socket may be used again (connect(2)).
      this.connecting = false;
      return failure(this.takeError() ?? 'ECONNABORTED');
    }
    if (this.over && !this.established) {
      this.session = null;
      this.startAnew();
      return null;
    }
    const error = this.takeError();
    if (error !== null) return failure(error);
    if (!this.established) return failure('EALREADY');
    if (!this.connecting) return failure('EISCONN');
    this.connecting = false;
    return success();
  }

  override write(bytes: number, flags = 0, stamps: number | null = null): Attempt {
    if (this.postponed !== null) return this.sendFast(this.postponed.address, this.postponed.port, bytes, flags);
    return super.write(bytes, flags, stamps);
  }

  close(): Result | Attempt {
    this.stopListening();
    this.closed = true;
    const { session, linger } = this;
    if (session === null) return success();
    // What is not established yet goes without a word on FreeBSD.
    if (linger === 0 && (this.linux || synchronized(session.state))) session.abort();
    else session.close();
    return linger === null || linger === 0 ? success() : this.lingers(session, linger);
  }

  /** close() waits until what was written is acknowledged, for so many ms at most (socket(7), SO_LINGER). */
  private lingers(session: TcpSession, linger: number): Attempt {
    const { clock } = this.environment;
    const deadline = clock.now() + linger;
    // The clock must stop there, so that somebody looks.
    clock.alarm(() => {}).set(deadline);
    return () => {
      const { state } = session;
      const leaves = state === State.FinWait1 || state === State.Closing || state === State.LastAck;
      return leaves && clock.now() < deadline ? null : success();
    };
  }

  /** SO_LISTENQLIMIT and SO_LISTENQLEN. */
  get backlogAsked(): number {
    return this.backlog;
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  override progress(): { readable: number; writable: number } {
    if (this.session === null) return { readable: this.accepted + this.waiting.length, writable: 0 };
    return super.progress();
  }

  /** IP_RECVERR and IPV6_RECVERR. */
  hearErrors(on: boolean): void {
    this.hearsErrors = on;
  }

  get tellsErrors(): boolean {
    return this.hearsErrors;
  }

  override readiness(): number {
    if (this.listener !== null) return this.waiting.length > 0 ? POLL.in | POLL.rdNorm : 0;
    return super.readiness();
  }
}
