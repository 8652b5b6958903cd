import {
  HookPoint,
  type IpAddress,
  Layer,
  layer,
  type NetwrightError,
  type Packet,
  type Verdict,
} from '@netwright/core';
import { fail } from '../errors.js';
import { resolveHost } from '../ip/names.js';
import type { TcpHandler } from './handler.js';
import type { ConnectOptions, Tcp } from './layer.js';
import type { Listener, ListenOptions } from './open/listen.js';
import { SegmentView } from './segment/segment-view.js';
import type { TcpSession } from './session.js';
import { State } from './state.js';

/** What a client may choose besides host and port. */
export type TcpApplicationConnect = Omit<ConnectOptions, 'address' | 'port' | 'handler'>;
/** What a server may choose besides its port. */
export type TcpApplicationBind = Omit<ListenOptions, 'port' | 'onConnection'>;

/** Somebody who waits for data. */
interface Reader {
  readonly session: TcpSession;
  readonly size: number;
  resolve(data: Uint8Array): void;
  reject(error: NetwrightError): void;
}

/**
 * A program over TCP, to be extended: `tcp.registerLayer(app)`, then `await app.connect('host', 80)`, or
 * `app.bind(7777)`, `app.listen(5)` and `await app.accept()`.
 *
 * By default what arrives waits for `fetchData` or `nextData`; override `packetReceived` to have it at once. Override
 * `hookIncoming` and `hookOutgoing` to read, change, drop or delay segments, and call `injectOutgoing` to add some.
 * What is its own business is out of a subclass's way: any name that is not listed here is free.
 */
@layer({ name: 'tcp-application', over: [{ layer: 'tcp' }] })
export class TcpApplication extends Layer {
  /** The connection it works with: of a client the one it made, of a server the one that was accepted or heard last. */
  session: TcpSession | null = null;

  #tcp: Tcp | null = null;
  #bound: { port: number; options: TcpApplicationBind; app: TcpApplication; newInstance: boolean } | null = null;
  #listener: Listener | null = null;
  readonly #sessions = new Set<TcpSession>();
  readonly #acceptable: { app: TcpApplication; session: TcpSession }[] = [];
  readonly #acceptors: ((app: TcpApplication) => void)[] = [];
  readonly #readers: Reader[] = [];
  readonly #seen = new SegmentView();
  readonly #handler: TcpHandler = {
    established: (session) => this.#taken(session),
    end: (session) => {
      this.#serveReaders(session, null);
      this.endReceived(session);
    },
    writable: (session) => this.writable(session),
    closed: (session, error) => this.#lost(session, error),
  };

  constructor() {
    super();
    // Without `packetReceived` data waits in the session, and the peer's window closes as it fills.
    if (this.packetReceived !== TcpApplication.prototype.packetReceived) {
      this.#handler.data = (bytes, session) => {
        this.session = session;
        this.packetReceived(bytes, session);
      };
    } else {
      this.#handler.readable = (session) => this.#serveReaders(session, null);
    }
  }

  override attached(lower: Layer): void {
    this.#tcp = lower as Tcp;
  }

  override stop(): void {
    this.close();
  }

  /**
   * Connects to a host by name or address; resolves when the connection is established.
   * @throws ECONNREFUSED, ETIMEDOUT and the like, ENORESOLVER, ENOTFOUND, and what `Tcp.connect` throws.
   */
  connect(host: string | IpAddress, port: number, options: TcpApplicationConnect = {}): Promise<TcpSession> {
    return new Promise((resolve, reject) =>
      this.connectThen(host, port, options, (error, session) => (session === null ? reject(error) : resolve(session))),
    );
  }

  /** As `connect`, for programs that do not await. `done` is called once. */
  connectThen(
    host: string | IpAddress,
    port: number,
    options: TcpApplicationConnect,
    done: (error: NetwrightError | null, session: TcpSession | null) => void,
  ): void {
    resolveHost(this.#lower(), host, 0, (error, addresses) => {
      if (error !== null) {
        done(error, null);
        return;
      }
      const handler: TcpHandler = {
        ...this.#handler,
        established: (session) => {
          this.#handler.established?.(session);
          session.handler = this.#handler;
          done(null, session);
        },
        closed: (session, reason) => {
          this.#lost(session, reason);
          done(reason ?? fail('ECONNABORTED', { remote: session.remote }), null);
        },
      };
      try {
        const session = this.#lower().connect({ ...options, address: addresses[0], port, handler });
        this.session = session;
        this.#hook(session);
      } catch (problem) {
        done(problem as NetwrightError, null);
      }
    });
  }

  /**
   * Says where `listen` will listen, and who gets the connections: this application or another one; that very one for
   * all of them, or a new instance of its class for each.
   */
  bind(port: number, app: TcpApplication = this, newInstance = false, options: TcpApplicationBind = {}): this {
    if (!this.#lower().isPortFree(port, options.address ?? null)) {
      throw fail('EADDRINUSE', { protocol: 'TCP', port, address: options.address ?? 'every address' });
    }
    this.#bound = { port, options, app, newInstance };
    return this;
  }

  /**
   * Listens on the port it is bound to.
   * @param limit how many connections may be open at a time; more are refused.
   * @throws EINVAL when it is not bound.
   */
  listen(limit = Number.POSITIVE_INFINITY): this {
    const bound = this.#bound;
    if (bound === null) throw fail('EINVAL', { problem: 'The application has no port', expected: 'Call bind first.' });
    this.#listener = this.#lower().listen({
      limit,
      ...bound.options,
      port: bound.port,
      onConnection: (session) => this.#serve(session, bound.app, bound.newInstance),
    });
    return this;
  }

  /** The application that has the next connection, which is then its `session`; at once where one waits. */
  accept(): Promise<TcpApplication> {
    const next = this.#acceptable.shift();
    if (next === undefined) return new Promise((resolve) => this.#acceptors.push(resolve));
    // One application may have several connections: this is the one that was asked for.
    next.app.session = next.session;
    return Promise.resolve(next.app);
  }

  /**
   * Queues data to be sent. @returns how many bytes were taken; `writable` is called when there is room for more.
   * @param session left out: the connection it works with. @throws ENOTCONN, EPIPE
   */
  sendPacket(data: Uint8Array | string, session: TcpSession | null = this.session): number {
    if (session === null) throw fail('ENOTCONN', { protocol: 'TCP' });
    return session.write(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }

  /** Takes up to `size` bytes of what has arrived; empty when nothing has. */
  fetchData(size = Number.POSITIVE_INFINITY, session: TcpSession | null = this.session): Uint8Array {
    return session === null ? new Uint8Array(0) : session.read(size);
  }

  /**
   * Waits for what arrives next, and takes up to `size` bytes of it; empty at the end of the stream. For applications
   * that leave `packetReceived` alone. @throws ENOTCONN, and why the connection was lost (ECONNRESET and the like).
   */
  nextData(size = Number.POSITIVE_INFINITY, session: TcpSession | null = this.session): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (session === null) {
        reject(fail('ENOTCONN', { protocol: 'TCP' }));
        return;
      }
      this.#readers.push({ session, size, resolve, reject });
      this.#serveReaders(session, null);
    });
  }

  /** As `fetchData`, with where it came from. */
  fetchDataFrom(size = Number.POSITIVE_INFINITY): { data: Uint8Array; address: IpAddress; port: number } | undefined {
    const { session } = this;
    if (session === null) return undefined;
    return { data: session.read(size), address: session.id.remoteAddress, port: session.id.remotePort };
  }

  /** Stops listening and closes all its connections in good order. It may connect or bind again. */
  close(): void {
    this.#listener?.close();
    this.#listener = null;
    for (const session of [...this.#sessions]) session.close();
    this.session?.close();
    this.session = null;
  }

  /** Puts a segment of the program's own making on the wire, as it is but for its checksum; no hook sees it. */
  injectOutgoing(write: (segment: SegmentView) => void, session: TcpSession | null = this.session): void {
    if (session === null) throw fail('ENOTCONN', { protocol: 'TCP' });
    session.inject((packet) => write(this.#seen.at(packet)));
  }

  /** A connection is established. */
  connectionMade(_session: TcpSession): void {}

  /** Data has arrived, in order; `data` is valid during the call. Overridden, it takes the place of `fetchData`. */
  packetReceived(_data: Uint8Array, _session: TcpSession): void {}

  /** The peer has finished sending: by default this end does so, too, once everything has been fetched or handed over. */
  endReceived(session: TcpSession): void {
    session.shutdown();
  }

  /** There is room in the send buffer again. */
  writable(_session: TcpSession): void {}

  /** A connection is over; `error` says why unless it was closed in good order. */
  connectionLost(_session: TcpSession, _error: NetwrightError | null): void {}

  /** Sees each segment of its connections before TCP does. */
  hookIncoming(_segment: SegmentView, _session: TcpSession): Verdict {
    return 'pass';
  }

  /** Sees each segment of its connections before it is completed and sent. */
  hookOutgoing(_segment: SegmentView, _session: TcpSession): Verdict {
    return 'pass';
  }

  /** @internal Segments reach an application through its sessions. */
  override receive(packet: Packet): void {
    packet.release();
  }

  #serve(session: TcpSession, app: TcpApplication, newInstance: boolean): TcpHandler {
    const served = newInstance ? app.fork() : app;
    if (served.#tcp === null) served.#tcp = this.#tcp;
    served.#hook(session);
    served.session = session;
    const acceptor = this.#acceptors.shift();
    if (acceptor !== undefined) acceptor(served);
    else this.#acceptable.push({ app: served, session });
    return served.#handler;
  }

  /** A new application of the same class for one more client; override it where the constructor takes arguments. */
  protected fork(): TcpApplication {
    return new (this.constructor as new () => TcpApplication)();
  }

  #taken(session: TcpSession): void {
    this.session = session;
    this.#sessions.add(session);
    this.connectionMade(session);
  }

  /** Gives who waits for data of a session what there is: bytes, the end, or the error that ended it. */
  #serveReaders(session: TcpSession, error: NetwrightError | null): void {
    for (let at = this.#readers.findIndex((each) => each.session === session); at >= 0; ) {
      const { size, resolve, reject } = this.#readers[at];
      const data = session.read(size);
      const over = session.receiver.finished || session.state === State.Closed;
      if (data.length === 0 && !over) return;
      this.#readers.splice(at, 1);
      if (data.length === 0 && error !== null) reject(error);
      else resolve(data);
      at = this.#readers.findIndex((each) => each.session === session);
    }
  }

  #lost(session: TcpSession, error: NetwrightError | null): void {
    this.#sessions.delete(session);
    this.#serveReaders(session, error);
    const waiting = this.#acceptable.findIndex((each) => each.session === session);
    if (waiting >= 0) this.#acceptable.splice(waiting, 1);
    this.connectionLost(session, error);
  }

  /** Only who overrides a hook pays for it. */
  #hook(session: TcpSession): void {
    const { hookIncoming, hookOutgoing } = TcpApplication.prototype;
    const { host } = this.#lower();
    if (this.hookIncoming !== hookIncoming) {
      session.incoming = new HookPoint(
        host,
        (packet) => this.hookIncoming(this.#seen.at(packet), session),
        (packet) => this.#lower().receiveHooked(session, packet),
      );
    }
    if (this.hookOutgoing !== hookOutgoing) {
      session.transmitter.outgoing = new HookPoint(
        host,
        (packet) => this.hookOutgoing(this.#seen.at(packet), session),
        (packet) => session.transmitter.complete(packet),
      );
    }
  }

  #lower(): Tcp {
    if (this.#tcp !== null) return this.#tcp;
    throw fail('EINVAL', {
      problem: 'The application is not on a stack',
      expected: 'Call tcp.registerLayer(application) first.',
    });
  }
}
