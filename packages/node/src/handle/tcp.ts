import type { AsyncResource } from 'node:async_hooks';
import { IpAddress, NetwrightError } from '@netwright/core';
import type { TcpHandler, TcpSession, TcpSettings } from '@netwright/layers';
import { type ConnectRequest, nativeParts, uvCode } from '../binding.js';
import { bearing, births } from '../births.js';
import type { SocketName, Version } from '../family.js';
import { newsOf } from '../rounds.js';
import { StackEnd } from './end.js';
import { HostEnd } from './host-end.js';
import { requestScope, scopeOf } from './scope.js';
import { StreamHandle } from './stream.js';

/** What a handle is bound to. */
interface Bound {
  readonly address: IpAddress;
  readonly port: number;
  /** As the stack listens there. */
  readonly at: IpAddress | null;
  /** Whether others may listen there, too, who ask for it as well (SO_REUSEPORT). */
  readonly shared: boolean;
}

/** Node's TCP handle over a stack: the methods that lib/net.js and lib/_tls_wrap.js call on `TCP` of `tcp_wrap`. */
export abstract class TcpHandle extends StreamHandle {
  /** Set by net.js: whether it has called `readStart`. */
  reading = false;
  /** Set by net.js: who gets connections. */
  onconnection: ((status: number, client?: object) => void) | null = null;

  #version: Version | 0 = 0;
  #bound: Bound | null = null;
  /** The port was in use when it was bound: said when it is to be used, as libuv does. */
  #delayed = 0;
  /** Ends listening. */
  #stopListening: (() => void) | null = null;
  #accepted: StackEnd[] = [];
  #request: ConnectRequest | null = null;
  #status = 0;
  #statusKnown = false;
  #again = false;
  /** In which the program's callbacks of a handle run, as those of native handles do, and those of a request to connect. */
  readonly #scope = scopeOf(this);
  #asking: AsyncResource | null = null;
  #settings: Partial<TcpSettings> = {};

  // ---- names --------------------------------------------------------------------------------------------------

  bind(address: string, port: number, flags = 0): number {
    return this.#bind(address, port, 4, flags);
  }

  bind6(address: string, port: number, flags = 0): number {
    return this.#bind(address, port, 6, flags);
  }

  #bind(text: string, given: number, version: Version, flags: number): number {
    const { families, tcp, ports, sharedPorts } = this.home;
    // As htons cuts it.
    const port = (given >>> 0) & 0xffff;
    if (this.closing) return uvCode('EBADF');
    if (this.#bound !== null || this.end !== null) return uvCode('EINVAL');
    const address = families.read(text, version);
    if (address === undefined) return uvCode('EINVAL');
    const { UV_TCP_IPV6ONLY, UV_TCP_REUSEPORT = 0 } = nativeParts().tcp.constants;
    const only6 = (flags & UV_TCP_IPV6ONLY) !== 0;
    const shared = (flags & UV_TCP_REUSEPORT) !== 0;
    const at = families.listening(address, only6);
    if (at !== null && !at.isAny && !this.home.owns(at)) return uvCode('EADDRNOTAVAIL');
    this.#version = version;
    const chosen = port === 0 ? ports.choose((each) => tcp.isPortFree(each, at)) : port;
    if (chosen === 0 || !(tcp.isPortFree(chosen, at) || (shared && sharedPorts.has(chosen, at)))) {
      this.#delayed = uvCode('EADDRINUSE');
      return 0;
    }
    ports.take(chosen);
    this.#bound = { address, port: chosen, at, shared };
    return 0;
  }

  getsockname(out: SocketName): number {
    if (this.closing) return uvCode('EBADF');
    if (this.#delayed !== 0) return this.#delayed;
    if (this.#version === 0) return uvCode('EBADF');
    const nowhere = { address: this.#version === 4 ? IpAddress.any : IpAddress.any6, port: 0 };
    const place = this.end?.local ?? this.#bound ?? nowhere;
    this.home.families.show(place, this.#version, out);
    return 0;
  }

  getpeername(out: SocketName): number {
    if (this.closing) return uvCode('EBADF');
    if (this.#version === 0) return uvCode('EBADF');
    this.home.rounds.settle();
    const remote = this.connected ? this.end?.remote : null;
    if (!remote) return uvCode('ENOTCONN');
    this.home.families.show(remote, this.#version, out);
    return 0;
  }

  // ---- listening ----------------------------------------------------------------------------------------------

  listen(backlog: number): number {
    if (this.closing) return uvCode('EBADF');
    if (this.#delayed !== 0) return this.#delayed;
    if (this.#stopListening !== null) return 0;
    if (this.#bound === null) {
      const status = this.bind('0.0.0.0', 0);
      if (status !== 0) return status;
    }
    const { port, at, shared } = this.#bound as Bound;
    const options = { port, ...(at === null ? {} : { address: at }), backlog: Math.max(1, backlog) };
    const onConnection = (session: TcpSession) => this.#accept(session);
    const { tcp, sharedPorts } = this.home;
    try {
      if (shared) this.#stopListening = sharedPorts.join(options, at, onConnection);
      else {
        const listener = tcp.listen({ ...options, onConnection });
        this.#stopListening = () => listener.close();
      }
    } catch (error) {
      return codeOf(error);
    }
    if (at?.equals(IpAddress.any) === true) this.home.listening4.add(port);
    this.keepAwake();
    return 0;
  }

  #accept(session: TcpSession): TcpHandler {
    const end = new StackEnd();
    end.session = session;
    this.#accepted.push(end);
    if (this.#accepted.length === 1) this.home.rounds.tell(newsOf(this.source, () => this.#tellAccepted()));
    return end;
  }

  protected override get waits(): boolean {
    return this.#stopListening !== null;
  }

  // ---- connecting ---------------------------------------------------------------------------------------------

  connect(request: ConnectRequest, address: string, port: number): number {
    return this.#connect(request, address, port, 4);
  }

  connect6(request: ConnectRequest, address: string, port: number): number {
    return this.#connect(request, address, port, 6);
  }

  #connect(request: ConnectRequest, text: string, port: number, version: Version): number {
    const { families, tcp, listening4 } = this.home;
    if (this.closing) return uvCode('EBADF');
    if (this.#request !== null) return uvCode('EALREADY');
    if (this.end !== null) return this.#connectAgain(request);
    const address = families.read(text, version);
    if (address === undefined) return uvCode('EINVAL');
    this.#version = version;
    const to = families.destination(address);
    const instead = families.isOf6(to) && !families.has6;
    let status = this.#delayed;
    if (status === 0 && (port === 0 || (instead && listening4.has(port)))) status = uvCode('ECONNREFUSED');
    if (status === 0) {
      const from = this.#bound?.at ?? null;
      const localAddress = from !== null && !from.isAny ? from : instead ? to : undefined;
      const end = new StackEnd();
      try {
        end.session = tcp.connect({
          address: to,
          port,
          ...(localAddress === undefined ? {} : { localAddress }),
          ...(this.#bound === null ? {} : { localPort: this.#bound.port }),
          handler: end,
          settings: this.#settings,
        });
        this.attach(end, false);
      } catch (error) {
        const failed = asConnecting(codeOf(error));
        if (failed !== uvCode('ENETUNREACH') || !this.home.elsewhere || this.#bound !== null) return failed;
        const host = new HostEnd(version, this.#settings);
        const refused = host.connect(text, port);
        if (refused !== 0) return refused;
        this.attach(host, false);
      }
    }
    this.#request = request;
    this.#statusKnown = false;
    this.#asking = requestScope('TCPCONNECTWRAP', request);
    this.keepAwake();
    if (status !== 0) this.opened(status);
    this.home.rounds.settle();
    return 0;
  }

  /** Linux tells who asks once more that the connection stands, once. */
  #connectAgain(request: ConnectRequest): number {
    if (this.#asking === null || this.#again) return uvCode('EISCONN');
    this.#again = true;
    this.#asking = requestScope('TCPCONNECTWRAP', request);
    this.#request = request;
    this.#statusKnown = false;
    this.opened(0);
    return 0;
  }

  protected override get asked(): boolean {
    return this.#request !== null || super.asked;
  }

  /** @internal */
  override opened(status: number): void {
    if (this.#request === null || this.#statusKnown) return;
    this.#statusKnown = true;
    this.#status = status;
    this.home.rounds.tellLate(newsOf(this.source, () => this.#tellOpened()));
  }

  // ---- what the program is told -------------------------------------------------------------------------------

  #tellOpened(): void {
    const request = this.#request;
    if (request === null) return;
    // What has broken since it was established could not be connected in the program's eyes (SO_ERROR).
    this.home.rounds.settle();
    const failed = this.#status || (this.end?.takeFailure() ?? 0);
    const status = this.closing ? uvCode('ECANCELED') : failed;
    this.#request = null;
    if (status === 0) this.setOpen();
    else if (!this.closing) this.attach(null, false);
    this.keepAwake();
    const open = status === 0;
    // Who gave up waiting has taken its function back.
    if (typeof request.oncomplete !== 'function') return;
    try {
      this.#asking?.runInAsyncScope(request.oncomplete, request, status, this, request, open, open);
    } finally {
      this.#asking?.emitDestroy();
    }
  }

  #tellAccepted(): void {
    const end = this.#accepted.shift();
    if (end === undefined) return;
    // One a round, as libuv accepts them.
    if (this.#accepted.length > 0) this.home.rounds.tell(newsOf(this.source, () => this.#tellAccepted()));
    const client = bearing({ trigger: this.getAsyncId() }, () => this.sibling());
    client.#version = this.#version;
    client.attach(end, true);
    if (this.onconnection !== null) this.#scope.runInAsyncScope(this.onconnection, this, 0, client);
  }

  /** @internal One more handle of the same stack. */
  protected abstract sibling(): TcpHandle;

  override close(callback?: () => void): void {
    super.close(this.#scoped(callback));
  }

  override reset(callback?: () => void): number {
    return super.reset(this.#scoped(callback));
  }

  #scoped(callback: (() => void) | undefined): () => void {
    return () => {
      // Node itself says so when it collects the handle.
      if (births.closed?.add(this.getAsyncId()) !== undefined) this.#scope.emitDestroy();
      if (typeof callback === 'function') this.#scope.runInAsyncScope(callback, this);
    };
  }

  // ---- the rest -----------------------------------------------------------------------------------------------

  protected override release(): void {
    const { ports, listening4 } = this.home;
    if (this.#stopListening !== null) {
      this.#stopListening();
      if (this.#bound?.at?.equals(IpAddress.any) === true) listening4.delete(this.#bound.port);
      // Whoever was not accepted yet is turned away, as the kernel does.
      for (const end of this.#accepted.splice(0)) end.reset();
      this.#stopListening = null;
    }
    if (this.#bound !== null) ports.giveBack(this.#bound.port);
  }

  protected override cancel(): void {
    if (this.#request !== null) this.#tellOpened();
  }

  setNoDelay(on = false): number {
    return this.#configure({ noDelay: on });
  }

  /** @param idle seconds before the first probe, and `interval` between them; 0 leaves them as they are. */
  setKeepAlive(on = false, idle = 0, interval = 0, probes = 0): number {
    return this.#configure({
      keepAlive: on,
      ...(idle > 0 ? { keepAliveIdle: idle * 1000 } : {}),
      ...(interval > 0 ? { keepAliveInterval: interval * 1000 } : {}),
      ...(probes > 0 ? { keepAliveProbes: probes } : {}),
    });
  }

  /** The TOS byte of what is sent (IP_TOS, IPV6_TCLASS). Its last two bits are ECN's, and TCP's own (RFC 3168 section 5). */
  setTypeOfService(type: number): number {
    return this.#hasSocket ? this.#configure({ dscp: (type & 0xff) >> 2 }) : uvCode('EBADF');
  }

  getTypeOfService(): number {
    return this.#hasSocket ? (this.#settings.dscp ?? 0) << 2 : uvCode('EBADF');
  }

  /** Whether a kernel would have made its socket by now. */
  get #hasSocket(): boolean {
    return !this.closing && this.#version !== 0;
  }

  #configure(changes: Partial<TcpSettings>): number {
    if (this.closing) return uvCode('EBADF');
    this.#settings = { ...this.#settings, ...changes };
    this.end?.configure(changes);
    return 0;
  }

  /** Whether there is something to read, the end or an error: an agent of http does not use such a socket again. */
  hasPendingRead(): boolean {
    const { end } = this;
    if (end === null || this.closing) return false;
    this.home.rounds.settle();
    return end.waiting > 0 || end.finished || end.failure !== 0;
  }

  /** What Windows can do. */
  setSimultaneousAccepts(): number {
    return 0;
  }

  setBlocking(): number {
    return uvCode('ENOTSUP');
  }

  /** A descriptor of the kernel is none of the stack's. */
  open(_descriptor: number): number {
    return uvCode('ENOTSUP');
  }
}

function codeOf(error: unknown): number {
  if (error instanceof NetwrightError) return uvCode(error.code);
  throw error;
}

/** What the kernel says instead when it is a connection that cannot be made. */
function asConnecting(status: number): number {
  if (status === uvCode('EAFNOSUPPORT')) return uvCode('ENETUNREACH');
  return status === uvCode('EADDRINUSE') ? uvCode('EADDRNOTAVAIL') : status;
}
