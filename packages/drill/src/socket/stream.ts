import { type IpAddress, type NetwrightError, type Override, override } from '@netwright/core';
import {
  type FastOpenOffer,
  type Listener,
  type Md5Authentication,
  State,
  TCP_FASTOPEN,
  TCP_LISTEN,
  type TcpHandler,
  type TcpSession,
  type TcpSettings,
} from '@netwright/layers';
import { Unsupported } from '../outcome.js';
import type { Environment } from '../run/environment.js';
import { type Attempt, caught, type Descriptor, failure, type Result, success } from './descriptor.js';
import { FastOpenChoice } from './fast-open-options.js';

/** Flags of send and recv (Linux's numbers). */
const MSG = {
  fastOpen: 0x20000000,
  oob: 0x1,
  peek: 0x2,
  trunc: 0x20,
  dontWait: 0x40,
  waitAll: 0x100,
  noSignal: 0x4000,
  more: 0x8000,
};
/** Events of poll. */
const POLL = { in: 0x1, pri: 0x2, out: 0x4, err: 0x8, hup: 0x10, rdNorm: 0x40, wrNorm: 0x100, rdHup: 0x2000 };

/** Zeros to write: scripts compare payloads with zeros. */
const ZEROS = new Uint8Array(65536);

/** A TCP socket as the BSD interface knows it, over sessions and listeners. */
export class StreamSocket implements Descriptor {
  nonblocking = false;
  session: TcpSession | null = null;
  listener: Listener | null = null;
  /** What is chosen before there is a connection. */
  settings: Partial<TcpSettings> = {};
  readonly overrides: Override[] = [];
  bound: { address: IpAddress | null; port: number } | null = null;
  /** TCP_MAXSEG; 0 for none. */
  maxSegment = 0;
  /** SO_LINGER: ms, or null when it is off. */
  linger: number | null = null;
  corked = false;
  /** What it chooses of fast open. */
  readonly fast = new FastOpenChoice();
  /** SO_SNDBUF and SO_RCVBUF as getsockopt tells them; null where they were not set. */
  sendBuffer: number | null = null;
  receiveBuffer: number | null = null;

  private backlog = 0;
  private deferral = 0;
  /** Where connect() will go to with the first data: TCP_FASTOPEN_CONNECT. */
  private deferred: { address: IpAddress; port: number } | null = null;
  private accepted = 0;
  private readonly waiting: StreamSocket[] = [];
  private error: string | null = null;
  private connecting = false;
  private established = false;
  private over = false;
  private noMoreReading = false;
  private urgentSeen = false;

  constructor(
    private readonly environment: Environment,
    /** Is told of every connection as it begins: the one that is looked at is the latest. */
    private readonly began: (socket: StreamSocket) => void,
  ) {}

  private readonly handler: TcpHandler = {
    readsAfterReset: true,
    established: (session) => this.becameEstablished(session),
    urgent: () => {
      this.urgentSeen = true;
    },
    closed: (_session, error) => this.becameClosed(error),
  };

  /** The error that waits to be told, which is told then: SO_ERROR. */
  takeError(): string | null {
    const { error } = this;
    this.error = null;
    return error;
  }

  /** Changes numbers of the connection that is there, and of those to come. */
  configure(changes: Partial<TcpSettings>): Result {
    this.settings = { ...this.settings, ...changes };
    this.session?.configure(changes);
    return success();
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
    const { opening } = this.environment;
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
        overrides: [...this.overrides, this.fastOpenOverride(), override(TCP_LISTEN, { value: room })],
        onConnection: (session) => this.welcome(session),
      });
      return success();
    });
  }

  /** Keys of peers that sign (RFC 2385). */
  get signatures(): Md5Authentication {
    return this.environment.signatures;
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
    child.settings = { ...this.settings };
    child.maxSegment = this.maxSegment;
    child.linger = this.linger;
    child.sendBuffer = this.sendBuffer;
    child.receiveBuffer = this.receiveBuffer;
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
      this.accepted++;
      return child;
    }
    return this.nonblocking ? failure('EAGAIN') : null;
  }

  connect(address: IpAddress, port: number): Attempt {
    if (this.listener !== null) return () => failure('EISCONN');
    if (this.deferred !== null) return () => failure('EISCONN');
    if (this.session !== null) return () => this.connectAgain();
    if (this.linux && this.fast.connect && this.offer(address)?.data === true) {
      // The SYN waits for what it will carry.
      this.deferred = { address, port };
      return () => success();
    }
    return this.open(address, port, this.fast.connect);
  }

  /** What the SYN of a fast open to `address` would carry. */
  private offer(address: IpAddress): FastOpenOffer | null {
    const { opening, options } = this.environment;
    return opening.fastOpen(this.fast).offer(options.addresses.local, address);
  }

  private open(address: IpAddress, port: number, fastOpen: boolean, data?: Uint8Array): Attempt {
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
        overrides: fastOpen ? [...this.overrides, this.fastOpenOverride()] : this.overrides,
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
    if (this.listener !== null || this.established) return () => failure('EISCONN');
    if (this.session !== null) return () => failure('EALREADY');
    const target = this.deferred ?? { address, port };
    this.deferred = null;
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
  sendImplied(address: IpAddress, port: number, bytes: number): Attempt {
    const buffer = this.settings.sendBuffer ?? this.environment.tcp.settings.sendBuffer;
    const queued = Math.min(bytes, buffer, ZEROS.length);
    const opened = this.open(address, port, this.fast.connect, ZEROS.subarray(0, queued))();
    return () => (opened === null || opened.errno === 'EINPROGRESS' ? success(queued) : opened);
  }

  private get linux(): boolean {
    return this.environment.options.profile.name === 'linux';
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

  private connectAgain(): Result {
    const error = this.takeError();
    if (error !== null) return failure(error);
    if (this.over) return failure('ECONNABORTED');
    if (!this.established) return failure('EALREADY');
    if (!this.connecting) return failure('EISCONN');
    this.connecting = false;
    return success();
  }

  read(bytes: number, flags = 0): Attempt {
    const known = MSG.peek | MSG.dontWait | MSG.trunc | MSG.noSignal;
    if ((flags & ~known) !== 0) throw new Unsupported(`recv with flags 0x${flags.toString(16)}`);
    return () => {
      const { session } = this;
      if (this.deferred !== null) return this.nonblocking ? failure('EAGAIN') : null;
      if (session === null) return failure('ENOTCONN');
      const { receiver } = session;
      if (receiver.readable > 0) {
        const taken = Math.min(bytes, receiver.readable);
        if ((flags & MSG.peek) === 0) session.read(taken);
        return success(taken);
      }
      const error = this.takeError();
      if (error !== null) return failure(error);
      if (receiver.finished || this.over || this.noMoreReading) return success(0);
      return this.nonblocking || (flags & MSG.dontWait) !== 0 ? failure('EAGAIN') : null;
    };
  }

  write(bytes: number, flags = 0): Attempt {
    const known = MSG.oob | MSG.dontWait | MSG.noSignal | MSG.more;
    if ((flags & ~known) !== 0) throw new Unsupported(`send with flags 0x${(flags & ~known).toString(16)}`);
    if (this.deferred !== null) return this.sendFast(this.deferred.address, this.deferred.port, bytes, flags);
    return this.waitAndWrite(bytes, 0, flags);
  }

  /** Writes `bytes`, of which `queued` are already: waits for the connection, and for room. */
  private waitAndWrite(bytes: number, queued: number, flags: number): Attempt {
    let done = queued;
    return () => {
      const error = done === queued || !this.established ? this.takeError() : null;
      if (error !== null) return failure(error);
      const { session } = this;
      const waits = this.nonblocking || (flags & MSG.dontWait) !== 0 ? failure('EAGAIN') : null;
      if (session === null) return failure(this.linux ? 'EPIPE' : 'ENOTCONN');
      if (this.over || session.sender.finished) return failure('EPIPE');
      if (!this.established && waits !== null) return waits;
      session.sender.corked = this.corked || (flags & MSG.more) !== 0;
      while (done < bytes) {
        const piece = Math.min(bytes - done, ZEROS.length);
        const taken =
          (flags & MSG.oob) === 0 ? session.write(ZEROS, 0, piece) : session.writeUrgent(ZEROS.subarray(0, piece));
        done += taken;
        if (taken < piece) break;
      }
      // What waits for the connection goes with the handshake's last acknowledgement.
      if (!this.established) return waits;
      if (done === bytes) return success(done);
      return waits === null ? null : done > 0 ? success(done) : waits;
    };
  }

  shutdown(how: number): Result {
    const { session } = this;
    if (session === null || (!this.established && session.state !== State.SynSent)) return failure('ENOTCONN');
    if (this.over) return failure('ENOTCONN');
    if (how !== 1) this.noMoreReading = true;
    if (how !== 0) session.shutdown();
    return success();
  }

  close(): Result {
    this.listener?.close();
    for (const each of this.waiting.splice(0)) each.session?.abort();
    if (this.session === null) return success();
    if (this.linger === 0) this.session.abort();
    else if (this.linger !== null) throw new Unsupported('close() that lingers');
    else this.session.close();
    return success();
  }

  progress(): { readable: number; writable: number } {
    const { session } = this;
    if (session === null) return { readable: this.accepted + this.waiting.length, writable: 0 };
    const ended = session.receiver.finished || this.over ? 1 : 0;
    return { readable: session.receiver.ackFacts.received + ended, writable: session.sender.acknowledgedBytes };
  }

  readiness(): number {
    if (this.listener !== null) return this.waiting.length > 0 ? POLL.in | POLL.rdNorm : 0;
    const { session } = this;
    if (this.deferred !== null) return POLL.out | POLL.wrNorm;
    if (session === null) return POLL.out | POLL.hup | POLL.wrNorm;
    let events = 0;
    const { receiver, sender } = session;
    const ended = receiver.finished || this.over || this.noMoreReading;
    if (receiver.readable > 0 || ended) events |= POLL.in | POLL.rdNorm;
    if (ended) events |= POLL.rdHup;
    if (this.over || (receiver.finished && sender.finished)) events |= POLL.hup;
    if (this.error !== null) events |= POLL.err;
    if (this.urgentSeen) events |= POLL.pri;
    // Linux calls a socket writable while a third of the buffer is free.
    const free = session.state === State.Closed ? 1 : session.writableBytes;
    if (this.over || sender.finished || (session.dataFlows && free * 2 >= sender.queued)) {
      events |= POLL.out | POLL.wrNorm;
    }
    return events;
  }

  private becameEstablished(session: TcpSession): void {
    this.established = true;
    const options = session.transmitter.facts.timestamps ? 12 : 0;
    if (this.maxSegment > 0) session.sender.mss = Math.min(session.sender.mss, this.maxSegment - options);
    if (this.corked) session.sender.corked = true;
  }

  private becameClosed(error: NetwrightError | null): void {
    this.over = true;
    if (error !== null) this.error = error.code;
  }
}
