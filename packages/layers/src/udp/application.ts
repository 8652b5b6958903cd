import {
  type IpAddress,
  Layer,
  layer,
  type NetwrightError,
  type Override,
  type Packet,
  type Verdict,
} from '@netwright/core';
import { fail } from '../errors.js';
import { resolveHost } from '../ip/names.js';
import { Datagram, type ReceivedDatagram, type UdpOrigin } from './datagram.js';
import { UDP_HEADER } from './header.js';
import type { Udp } from './layer.js';
import { DatagramQueue } from './queue.js';
import type { UdpSendResult, UdpSocket, UdpSocketOptions } from './socket.js';

/** Bytes that may wait for `fetchData`. */
const RECEIVE_BUFFER = 262144;

/**
 * A program over UDP, to be extended: `udp.registerLayer(app)`, then `app.bind(7777)` or `await app.connect('host', 7)`.
 *
 * By default what arrives waits for `fetchData`; override `packetReceived` to have it at once. Override `hookIncoming`
 * and `hookOutgoing` to read, change, drop or delay datagrams, and call `injectIncoming` or `injectOutgoing` to add
 * some that no hook sees. What is its own business is out of a subclass's way: any name that is not listed is free.
 */
@layer({ name: 'udp-application', over: [{ layer: 'udp' }] })
export class UdpApplication extends Layer {
  #udp: Udp | null = null;
  #socket: UdpSocket | null = null;
  readonly #arrived = new DatagramQueue(RECEIVE_BUFFER);
  readonly #seen = new Datagram();

  readonly #overrides: readonly Override[];

  /** @param overrides behaviours of its socket: `udp.ports`, `ip.ttl`, `ip.id`. */
  constructor(overrides: readonly Override[] = []) {
    super();
    this.#overrides = overrides;
  }

  override attached(lower: Layer): void {
    this.#udp = lower as Udp;
  }

  override stop(): void {
    this.close();
  }

  /** Its port; 0 while it has none. */
  get localPort(): number {
    return this.#socket?.localPort ?? 0;
  }

  /** Whom it is connected to, or null. */
  get peer(): { address: IpAddress; port: number } | null {
    const socket = this.#socket;
    if (socket === null || socket.remoteAddress === null) return null;
    return { address: socket.remoteAddress, port: socket.remotePort };
  }

  /**
   * Waits for datagrams on `port`.
   * @throws EISCONN when it has a port already, and what `Udp.open` throws.
   */
  bind(port: number, options: UdpSocketOptions = {}): this {
    this.#openSocket({ ...options, port });
    return this;
  }

  /**
   * Finds `host`, and takes it as its peer. A name is looked up by the dns layer.
   * @throws ENORESOLVER where there is none, ENOTFOUND, ETIMEOUT, ESERVFAIL, and what `UdpSocket.connect` throws.
   */
  connect(host: string | IpAddress, port: number): Promise<void> {
    return new Promise((resolve, reject) =>
      this.connectThen(host, port, (error) => (error === null ? resolve() : reject(error))),
    );
  }

  /** As `connect`, for programs that do not await. */
  connectThen(host: string | IpAddress, port: number, done: (error: NetwrightError | null) => void): void {
    resolveHost(this.#lower(), host, 0, (error, addresses) => {
      const problem = error ?? this.#connectTo(addresses[0], port);
      if (problem === null) this.connectionMade();
      done(problem);
    });
  }

  /**
   * Sends one datagram.
   * @param to left out: the peer it is connected to.
   * @throws ENOTCONN when there is none, and what `UdpSocket.send` throws.
   */
  sendPacket(
    data: Uint8Array | string,
    to: { address: IpAddress | string; port: number } | null = null,
  ): UdpSendResult {
    const socket = this.#socket ?? this.#openSocket({});
    return to === null ? socket.send(data) : socket.send(data, to.port, to.address);
  }

  /** The payload of the oldest datagram that waits, whole; undefined when none does. */
  fetchData(): Uint8Array | undefined {
    return this.#arrived.take()?.data;
  }

  /** As `fetchData`, with the address and port it came from. */
  fetchDataFrom(): ReceivedDatagram | undefined {
    return this.#arrived.take();
  }

  /** Gives its port back; it may bind or connect again. */
  close(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  /** Sends a datagram that no hook sees. */
  injectOutgoing(data: Uint8Array | string): UdpSendResult {
    if (this.#socket === null) throw fail('ENOTCONN', { protocol: 'UDP' });
    return this.#socket.inject(data);
  }

  /** Has a datagram arrive that nobody sent. */
  injectIncoming(data: Uint8Array, from: UdpOrigin): void {
    this.packetReceived(data, from);
  }

  /** A peer has been found and taken. */
  connectionMade(): void {}

  /** A datagram has arrived; `data` is valid during the call. */
  packetReceived(data: Uint8Array, from: UdpOrigin): void {
    const udp = this.#udp;
    if (!this.#arrived.offer(data, from) && udp !== null) udp.counters.queueFull++;
  }

  /** What ICMP told about a datagram: nobody listens there, the host cannot be reached. */
  errorReceived(_error: NetwrightError, _to: { address: IpAddress; port: number }): void {}

  /** Sees each datagram before the program does. */
  hookIncoming(_datagram: Datagram): Verdict {
    return 'pass';
  }

  /** Sees each datagram before UDP completes and sends it. */
  hookOutgoing(_datagram: Datagram): Verdict {
    return 'pass';
  }

  /** @internal A datagram of its socket, `packet.start` at the payload. */
  override receive(packet: Packet): void {
    const socket = this.#socket;
    try {
      if (socket !== null) {
        const data = packet.bytes.subarray(packet.transport + UDP_HEADER, packet.end);
        this.packetReceived(data, socket.originOf(packet));
      }
    } catch (error) {
      this.#udp?.host.fault(error);
    } finally {
      packet.release();
    }
  }

  #connectTo(address: IpAddress, port: number): NetwrightError | null {
    const socket = this.#socket;
    try {
      (socket ?? this.#openSocket({})).connect(port, address);
      return null;
    } catch (error) {
      if (socket === null) this.close();
      return error as NetwrightError;
    }
  }

  #openSocket(options: UdpSocketOptions): UdpSocket {
    if (this.#socket !== null) throw fail('EISCONN', { protocol: 'UDP', peer: `port ${this.#socket.localPort}` });
    const overrides = [...this.#overrides, ...(options.overrides ?? [])];
    const socket = this.#lower().open(overrides.length === 0 ? options : { ...options, overrides });
    socket.upper = this;
    socket.onError = (error, to) => this.errorReceived(error, to);
    // Only who overrides a hook pays for it.
    const { hookIncoming, hookOutgoing } = UdpApplication.prototype;
    socket.hook(
      this.hookIncoming === hookIncoming ? null : (packet) => this.hookIncoming(this.#seen.at(packet)),
      this.hookOutgoing === hookOutgoing ? null : (packet) => this.hookOutgoing(this.#seen.at(packet)),
    );
    this.#socket = socket;
    return socket;
  }

  #lower(): Udp {
    if (this.#udp === null)
      throw fail('EINVAL', {
        problem: 'The application is not on a stack',
        expected: 'Call udp.registerLayer(application) first.',
      });
    return this.#udp;
  }
}
