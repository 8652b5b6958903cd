import { IpAddress } from '@netwright/core';
import type { SendingOptions, UdpOrigin, UdpSocket } from '@netwright/layers';
import type { SocketName, Version } from '../family.js';
import { requestScope } from '../handle/scope.js';
import { atEndOfRound } from '../rounds.js';
import type { Arrival } from './arrivals.js';
import { BufferSizes, type ErrorContext } from './buffer-size.js';
import { errno, errnoOf } from './errno.js';
import { hasUnknownFlag, UdpFlag } from './flags.js';
import { changeGroup, chooseInterface, readGroupRequest, readScoped } from './groups.js';
import type { DatagramHome } from './home.js';
import { HostDatagrams } from './host-datagrams.js';
import { Receiver } from './receiver.js';
import { gather, SendQueue, type SendRequest } from './send-queue.js';

type MessageListener = (nread: number, handle: object, data?: Buffer, from?: SocketName) => void;

/** What `UDP` of `udp_wrap` is to dgram.js, over a stack: the same methods, the same numbers. Errors are UV's, negative. */
export class DatagramHandle {
  /** Set by dgram.js. */
  declare onmessage: MessageListener | undefined;

  /** Callbacks run in the asynchronous context that the handle was made in, as those of native handles do. */
  readonly #context = requestScope('UDPWRAP', this);
  readonly #home: DatagramHome;
  readonly #receiver: Receiver;
  readonly #sizes = new BufferSizes();
  readonly #sends: SendQueue;
  #socket: UdpSocket | null = null;
  #version: Version = 4;
  /** What it was bound to, as the program named it. */
  #address: IpAddress | null = null;
  #choseAddress = false;
  #chosePort = false;
  #only6 = false;
  /** A port that nobody chose is lost with the peer: until the next datagram the socket has none (connect(2) to AF_UNSPEC). */
  #portLost = false;
  #peer: { address: IpAddress; port: number } | null = null;
  readonly #host = new HostDatagrams((data, from) => this.#arrived(data, from));
  #referenced = true;
  #holding = false;
  #closed = false;

  constructor(home: DatagramHome) {
    this.#home = home;
    this.#receiver = new Receiver(home.rounds, this.#sizes.receive, (size, arrival) => this.#tell(size, arrival));
    this.#sends = new SendQueue(() => this.#home.rounds.tell(this.#tellSent));
  }

  /** There is no descriptor: what UV says of a handle without one. */
  get fd(): number {
    return errno('EBADF');
  }

  getAsyncId(): number {
    return this.#context.asyncId();
  }

  /** A descriptor of the host's cannot be taken over. */
  open(_fd: number): number {
    return errno('ENOTSUP');
  }

  bind(address: string, port: number, flags: number): number {
    return this.#bind(4, address, port, flags);
  }

  bind6(address: string, port: number, flags: number): number {
    return this.#bind(6, address, port, flags);
  }

  connect(address: string, port: number): number {
    return this.#connect(4, address, port);
  }

  connect6(address: string, port: number): number {
    return this.#connect(6, address, port);
  }

  /** Has no peer any more. */
  disconnect(): number {
    const socket = this.#socket;
    if (socket === null) return errno('EBADF');
    if (this.#peer === null) return errno('ENOTCONN');
    this.#home.rounds.settle();
    socket.disconnect();
    this.#peer = null;
    this.#portLost = !this.#chosePort;
    return 0;
  }

  /** To an address, or, with three arguments in all behind the list, to the peer. @returns bytes + 1, or UV's number */
  send(request: SendRequest, list: readonly ArrayBufferView[], ...rest: unknown[]): number {
    return this.#send(4, request, list, rest);
  }

  send6(request: SendRequest, list: readonly ArrayBufferView[], ...rest: unknown[]): number {
    return this.#send(6, request, list, rest);
  }

  recvStart(): number {
    if (this.#socket === null) return errno('EBADF');
    this.#receiver.start();
    this.#update();
    return 0;
  }

  recvStop(): number {
    this.#receiver.stop();
    this.#update();
    return 0;
  }

  getsockname(name: SocketName): number {
    const socket = this.#socket;
    if (socket === null || this.#address === null) return errno('EBADF');
    const { families } = this.#home;
    const from = this.#peer === null ? null : (this.#source(this.#peer.address) ?? socket.connectedFrom);
    const port = this.#portLost ? 0 : socket.localPort;
    families.show({ address: from ?? families.toStack(this.#address), port }, this.#version, name);
    return 0;
  }

  getpeername(name: SocketName): number {
    if (this.#socket === null) return errno('EBADF');
    if (this.#peer === null) return errno('ENOTCONN');
    this.#home.families.show(this.#peer, this.#version, name);
    return 0;
  }

  addMembership(group: string, on?: string): number {
    return this.#group(true, group, undefined, on);
  }

  dropMembership(group: string, on?: string): number {
    return this.#group(false, group, undefined, on);
  }

  addSourceSpecificMembership(source: string, group: string, on?: string): number {
    return this.#group(true, group, source, on);
  }

  dropSourceSpecificMembership(source: string, group: string, on?: string): number {
    return this.#group(false, group, source, on);
  }

  setMulticastInterface(address: string): number {
    const named = readScoped(address);
    if (named === null) return errno('EINVAL');
    if (this.#socket === null) return errno('EBADF');
    return chooseInterface(this.#home, this.#socket, this.#version, named);
  }

  setMulticastTTL(ttl: number): number {
    const hops = ttl | 0;
    return hops < 0 || hops > 255 ? errno('EINVAL') : this.#set({ multicastTtl: hops });
  }

  setTTL(ttl: number): number {
    const hops = ttl | 0;
    return hops < 1 || hops > 255 ? errno('EINVAL') : this.#set({ ttl: hops });
  }

  setMulticastLoopback(on: number): number {
    return this.#set({ multicastLoop: on !== 0 });
  }

  setBroadcast(on: number): number {
    return this.#set({ broadcast: on !== 0 });
  }

  /** @param size 0 asks. */
  bufferSize(size: number, receive: boolean, context: ErrorContext): number | undefined {
    const result = this.#sizes.access(size, receive, this.#socket !== null, context);
    this.#receiver.limit = this.#sizes.receive;
    return result;
  }

  getSendQueueSize(): number {
    return this.#sends.bytes;
  }

  getSendQueueCount(): number {
    return this.#sends.count;
  }

  ref(): void {
    this.#referenced = true;
    this.#update();
  }

  unref(): void {
    this.#referenced = false;
    this.#update();
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  /** The handle is closed, and was told so. */
  protected released(): void {}

  close(done?: () => void): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#receiver.stop();
    // What is on its way to others gets there.
    this.#home.rounds.settle();
    this.#socket?.close();
    this.#socket = null;
    this.#host.close();
    this.#receiver.clear();
    this.#update();
    atEndOfRound(() => {
      this.released();
      if (typeof done === 'function') this.#context.runInAsyncScope(done, this);
    });
    this.#context.emitDestroy();
  }

  #bind(version: Version, text: string, port: number, flags: number): number {
    if (this.#closed) return errno('EBADF');
    const address = this.#home.families.read(String(text), version);
    if (address === undefined) return errno('EINVAL');
    const only6 = (flags & UdpFlag.Ipv6Only) !== 0;
    // A second bind(2) is refused by the kernel, and so is IPV6_V6ONLY for IPv4 by UV.
    if (hasUnknownFlag(flags) || (only6 && version === 4) || this.#socket !== null) return errno('EINVAL');
    // As htons cuts it.
    return this.#open(version, address, (port >>> 0) & 0xffff, flags);
  }

  #open(version: Version, address: IpAddress, port: number, flags: number): number {
    const { udp, families } = this.#home;
    const only6 = (flags & UdpFlag.Ipv6Only) !== 0;
    const listening = families.listening(address, only6);
    try {
      const socket = udp.open({
        port,
        ...(listening === null ? {} : { address: listening }),
        reuse: (flags & UdpFlag.ReuseAddr) !== 0,
        reusePort: (flags & UdpFlag.ReusePort) !== 0,
      });
      socket.sending.set({ multicastTtl: 1 });
      socket.onMessage = (data, from) => this.#arrived(data, from);
      socket.onError = (error) => this.#failed(error.code);
      this.#socket = socket;
    } catch (error) {
      return errnoOf(error, 'EADDRNOTAVAIL');
    }
    this.#version = version;
    this.#address = address;
    this.#only6 = only6;
    this.#choseAddress = !address.isAny;
    this.#chosePort = port !== 0;
    return 0;
  }

  /** What sends, connects or joins without being bound is bound to any port of all addresses. */
  #ensureBound(version: Version, flags = 0): number {
    if (this.#closed) return errno('EBADF');
    if (this.#socket !== null) return 0;
    return this.#open(version, version === 4 ? IpAddress.any : IpAddress.any6, 0, flags);
  }

  #connect(version: Version, text: string, port: number): number {
    const { families } = this.#home;
    const given = families.read(String(text), version);
    if (given === undefined) return errno('EINVAL');
    const failed = this.#ensureBound(version);
    if (failed !== 0) return failed;
    // What others have sent by now is heard, whoever they are.
    this.#home.rounds.settle();
    if (this.#peer !== null) return errno('EISCONN');
    const address = families.destination(given);
    if (this.#only6 && address.version === 4 && !families.isOf6(address)) return errno('ENETUNREACH');
    try {
      this.#socket?.connect(port, address);
    } catch (error) {
      return errnoOf(error, 'ENETUNREACH');
    }
    this.#peer = { address, port };
    this.#portLost = false;
    return 0;
  }

  #send(version: Version, request: SendRequest, list: readonly ArrayBufferView[], rest: readonly unknown[]): number {
    // Behind the list: its length, then port and address unless it is for the peer, then whether to call back.
    const named = rest.length > 2;
    const callback = rest[named ? 3 : 1] === true;
    const data = gather(list);
    let to: IpAddress | null = null;
    if (named) {
      const given = this.#home.families.read(String(rest[2]), version);
      if (given === undefined) return errno('EINVAL');
      to = this.#home.families.destination(given);
    }
    const failed = this.#ensureBound(version);
    if (failed !== 0) return failed;
    const status = this.#emit(data, to, Number(rest[1]));
    if (!this.#sends.waits) return status < 0 ? status : data.length + 1;
    this.#sends.add(request, status, data.length, callback);
    this.#update();
    return 0;
  }

  /** @param to null: the peer. @returns 0, or UV's number */
  #emit(data: Uint8Array, to: IpAddress | null, port: number): number {
    const peer = this.#peer;
    const socket = this.#socket as UdpSocket;
    if (to !== null && peer !== null) return errno('EISCONN');
    if (to === null && peer === null) return errno('EDESTADDRREQ');
    // What the last datagram has met on this host is known before the next one leaves.
    if (peer !== null) this.#home.rounds.settle();
    const pending = this.#receiver.takeError();
    if (pending !== 0) return pending;
    const address = to ?? (peer?.address as IpAddress);
    if (this.#only6 && address.version === 4 && !this.#home.families.isOf6(address)) return errno('ENETUNREACH');
    try {
      const result = socket.send(data, to === null ? peer?.port : port, address, this.#source(address));
      this.#portLost = false;
      // A packet for which there is no memory is lost, as it would be in any queue on the way.
      if (result === 'sent' || result === 'ENOBUFS') return 0;
      if (result === 'ENETUNREACH' && this.#home.elsewhere && to !== null)
        return this.#host.send(this.#version, data, to, port);
      return errno(result === 'EAFNOSUPPORT' ? 'ENETUNREACH' : result);
    } catch (error) {
      return errnoOf(error, 'ENETUNREACH');
    }
  }

  /** The ::1 of a stack without IPv6 answers as itself. */
  #source(destination: IpAddress): IpAddress | null {
    if (this.#choseAddress || destination.version === 6) return null;
    return this.#home.families.isOf6(destination) ? destination : null;
  }

  #arrived(data: Uint8Array, from: UdpOrigin): void {
    const { families, udp } = this.#home;
    if (this.#portLost) return;
    // The ::1 of a stack without IPv6 is none of IPv4's business.
    if (this.#version === 4 && families.isOf6(from.to)) return;
    if (!this.#receiver.add(data, from)) udp.counters.queueFull++;
  }

  /** Linux tells connected sockets alone, and of refusals alone (udp(7)). */
  #failed(code: string): void {
    if (code !== 'ECONNREFUSED' || this.#peer === null) return;
    this.#receiver.fail(errno(code));
  }

  readonly #tellSent = (): void => this.#sends.tellOne(() => this.#update());

  #tell(size: number, arrival?: Arrival): void {
    const from: SocketName | undefined = arrival && {};
    if (arrival !== undefined) this.#home.families.show(arrival.from, this.#version, from as SocketName);
    this.#context.runInAsyncScope(() => this.onmessage?.(size, this, arrival?.data, from));
  }

  #group(join: boolean, group: unknown, source: unknown, on: unknown): number {
    const request = readGroupRequest(join, group, source, on);
    if (typeof request === 'number') return request;
    const failed = this.#ensureBound(request.group.address.version, UdpFlag.ReuseAddr);
    return failed === 0 ? changeGroup(this.#home, this.#socket as UdpSocket, this.#version, request) : failed;
  }

  #set(options: Partial<SendingOptions>): number {
    if (this.#socket === null) return errno('EBADF');
    this.#socket.sending.set(options);
    return 0;
  }

  #update(): void {
    const { awake } = this.#home;
    const wanted = this.#referenced && !this.#closed && (this.#receiver.active || this.#sends.count > 0);
    if (wanted === this.#holding) return;
    this.#holding = wanted;
    if (wanted) awake.hold();
    else awake.release();
  }
}
