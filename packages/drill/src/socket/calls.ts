import { IpAddress } from '@netwright/core';
import { synchronized } from '@netwright/layers';
import { Mismatch, Unsupported } from '../outcome.js';
import type { Call } from '../parse/call.js';
import type { Value } from '../parse/value.js';
import type { Environment } from '../run/environment.js';
import { asNumber, describeValue, inside } from './constants.js';
import { compareMessage, controlOf, stampsAsked } from './control.js';
import { DatagramSocket } from './datagram.js';
import { type Attempt, type Descriptor, failure, type Result, success } from './descriptor.js';
import { messageBytes } from './message.js';
import { getOption, setOption } from './options.js';
import { Pipe } from './pipe.js';
import { Epoll, poll } from './poll.js';
import { StreamSocket } from './stream.js';
import { MSG } from './transfer.js';

const SOCK_STREAM = 1;
const READ_WRITE = 2;
const NONBLOCK = 0x800;
const BSD_NONBLOCK = 4;
const SPLICE_NONBLOCK = 2;
const SPLICE_MORE = 4;
const MSG_FASTOPEN = 0x20000000;

/** A call names a descriptor that there is not. */
class NoDescriptor extends Error {}

/** The socket calls of a script, and what its descriptors stand for. */
export class Sockets {
  /** The connection that began last, or the listener: the one that code looks at. */
  current: StreamSocket | null = null;
  /** The port of the latest listener. */
  listenPort: number | null = null;
  private readonly descriptors = new Map<number, Descriptor>();
  /** Descriptors of accept and socket get the number that the script expects. */
  private expectedResult = -1;

  constructor(private readonly environment: Environment) {}

  /** Makes a call: what is returned tries until it does not block. @throws Mismatch, Unsupported */
  start(call: Call): Attempt {
    this.expectedResult = call.result?.kind === 'number' ? call.result.value : -1;
    const make = this.calls[call.name];
    if (make === undefined) throw new Unsupported(`${call.name}()`);
    let made: Result | Attempt;
    try {
      made = make(call.arguments);
    } catch (error) {
      if (!(error instanceof NoDescriptor)) throw error;
      return () => failure('EBADF');
    }
    return typeof made === 'function' ? made : () => made;
  }

  /** Where a datagram without ports goes, and where it comes from. */
  datagramPorts(): { local: number; remote: number } {
    const { bindPort, connectPort } = this.environment.options.addresses;
    const latest = [...this.descriptors.values()].findLast((each) => each instanceof DatagramSocket);
    const socket = latest instanceof DatagramSocket ? latest.socket : null;
    return { local: socket?.localPort ?? bindPort, remote: socket?.remotePort || connectPort };
  }

  private readonly calls: Record<string, (given: readonly Value[]) => Result | Attempt> = {
    socket: (given) => this.socket(given),
    bind: (given) => {
      const { address, port } = this.address(given[1], null, this.environment.options.addresses.bindPort);
      return this.find(given[0]).bind(address, port);
    },
    listen: ([fd, backlog]) => this.listen(this.stream(fd), asNumber(backlog)),
    accept: ([fd]) => this.accept(fd, 0),
    accept4: ([fd, , , flags]) => this.accept(fd, asNumber(flags)),
    connect: ([fd, to]) => this.connect(fd, to),
    read: ([fd, , bytes]) => this.receive(fd, asNumber(bytes), 0),
    readv: ([fd, vector]) => this.receive(fd, vectorBytes(vector), 0),
    recv: ([fd, , bytes, flags]) => this.receive(fd, asNumber(bytes), asNumber(flags)),
    recvfrom: ([fd, , bytes, flags]) => this.receive(fd, asNumber(bytes), asNumber(flags)),
    recvmsg: ([fd, message, flags]) => {
      return this.receiveMessage(fd, message, asNumber(flags));
    },
    write: ([fd, , bytes]) => this.send(fd, asNumber(bytes), 0),
    writev: ([fd, vector]) => this.send(fd, vectorBytes(vector), 0),
    send: ([fd, , bytes, flags]) => this.send(fd, asNumber(bytes), asNumber(flags)),
    sendto: ([fd, , bytes, flags, to]) => this.send(fd, asNumber(bytes), asNumber(flags), to),
    sendmsg: ([fd, message, flags]) => {
      return this.send(fd, messageBytes(message), asNumber(flags), undefined, stampsAsked(message));
    },
    // A file, or what a pipe holds, is bytes like any others: of zeros.
    sendfile: ([fd, , , bytes]) => this.send(fd, asNumber(bytes), 0),
    splice: ([from, , to, , bytes, flags]) => this.splice(from, to, asNumber(bytes), asNumber(flags)),
    open: () => this.open(new Pipe()),
    pipe: ([ends]) => this.pipe(ends),
    cap_set: () => success(),
    getsockname: ([fd]) => this.named(fd),
    getpeername: ([fd]) => this.named(fd, true),
    shutdown: ([fd, how]) => this.stream(fd).shutdown(asNumber(how)),
    close: ([fd]) => {
      const number = asNumber(fd);
      const descriptor = this.descriptors.get(number);
      if (descriptor === undefined) return failure('EBADF');
      this.descriptors.delete(number);
      return descriptor.close();
    },
    fcntl: (given) => this.fcntl(given),
    ioctl: (given) => this.ioctl(given),
    setsockopt: ([fd, , name, value]) => setOption(this.find(fd), word(name), value, this.environment.options),
    getsockopt: ([fd, , name, value]) => getOption(this.find(fd), word(name), value),
    poll: ([list, , timeout]) => poll(list, asNumber(timeout), this.environment.clock, (fd) => this.findNumber(fd)),
    epoll_create: () => this.open(new Epoll()),
    epoll_create1: () => this.open(new Epoll()),
    epoll_ctl: ([fd, operation, target, event]) => this.epollControl(fd, operation, target, event),
    epoll_wait: ([fd, events, , timeout]) => this.epoll(fd).wait(events, asNumber(timeout), this.environment.clock),
  };

  private socket([domain, kind, protocol]: readonly Value[]): Result {
    const family = this.environment.options.addresses.sockets === 4 ? 2 : 10;
    if (domain.kind !== 'open' && asNumber(domain) !== family)
      throw new Unsupported(`socket(${describeValue(domain)})`);
    if (protocol !== undefined && ![0, 6, 17].includes(asNumber(protocol)))
      throw new Unsupported(describeValue(protocol));
    const bits = asNumber(kind);
    const type = bits & 0xff;
    if (type !== SOCK_STREAM && type !== 2) throw new Unsupported(describeValue(kind));
    const made = type === SOCK_STREAM ? this.newStream() : new DatagramSocket(this.environment);
    made.nonblocking = (bits & NONBLOCK) !== 0;
    return this.open(made);
  }

  private listen(socket: StreamSocket, backlog: number): Result {
    const result = socket.listen(backlog);
    if (result.errno === null) this.listenPort = socket.listener?.port ?? null;
    return result;
  }

  private newStream(): StreamSocket {
    return new StreamSocket(this.environment, (begun) => {
      this.current = begun;
    });
  }

  private open(descriptor: Descriptor): Result {
    const number = this.expectedResult;
    if (number < 0) throw new Mismatch('this call does not fail', '-1', 'a descriptor');
    if (this.descriptors.has(number)) throw new Mismatch(`descriptor ${number} is in use`);
    this.descriptors.set(number, descriptor);
    return success(number);
  }

  private accept(fd: Value, flags: number): Attempt {
    const listener = this.stream(fd);
    const wanted = this.expectedResult;
    return () => {
      const accepted = listener.accept();
      if (!(accepted instanceof StreamSocket)) return accepted;
      accepted.nonblocking = (flags & NONBLOCK) !== 0;
      this.expectedResult = wanted;
      return this.open(accepted);
    };
  }

  private connect(fd: Value, to: Value): Result | Attempt {
    const { remote, connectPort } = this.environment.options.addresses;
    const socket = this.find(fd);
    if (isUnspecified(to) && socket instanceof StreamSocket) return socket.disconnect();
    const { address, port } = this.address(to, remote, connectPort);
    if (address === null) throw new Unsupported('connect to no address');
    this.environment.introduce(address);
    if (socket instanceof StreamSocket && this.current === null) this.current = socket;
    return socket.connect(address, port);
  }

  private receive(fd: Value, bytes: number, flags: number): Attempt {
    const socket = this.find(fd);
    return socket instanceof StreamSocket ? socket.read(bytes, flags) : socket.receive(bytes, flags);
  }

  /** recvmsg: what is beside the data, or what the error queue has. */
  private receiveMessage(fd: Value, message: Value, flags: number): Attempt {
    const socket = this.find(fd);
    if (!(socket instanceof StreamSocket)) {
      if ((controlOf(message) ?? []).length > 0) throw new Unsupported('control messages of a UDP socket');
      return socket.receive(messageBytes(message), flags);
    }
    if ((flags & MSG.errorQueue) !== 0) {
      // Nobody says what is in front of the data, so that only reading none of it is known.
      const cut = socket.errors.carriesData && messageBytes(message) === 0 ? MSG.trunc : 0;
      const told = socket.errors.take();
      if (told === null) return () => failure('EAGAIN');
      compareMessage(message, told, MSG.errorQueue | cut);
      return () => success();
    }
    const attempt = socket.read(messageBytes(message), flags);
    return () => {
      const result = attempt();
      if (result !== null && result.errno === null) compareMessage(message, socket.receivedControl(), 0);
      return result;
    };
  }

  /** Something has happened: sockets look what has become of what they wrote. */
  observe(): void {
    for (const each of this.descriptors.values()) if (each instanceof StreamSocket) each.observe();
  }

  private send(fd: Value, bytes: number, flags: number, to?: Value, stamps: number | null = null): Result | Attempt {
    const socket = this.find(fd);
    if (socket instanceof StreamSocket) {
      const addressed = to !== undefined && !(to.kind === 'word' && to.name === 'NULL');
      const implied = addressed && socket.connectsBySending;
      if ((flags & MSG_FASTOPEN) === 0 && !implied) return socket.write(bytes, flags, stamps);
      const target = this.target(to);
      if (implied) return socket.sendImplied(target.address, target.port, bytes, (flags & MSG.endOfFile) !== 0);
      return socket.sendFast(target.address, target.port, bytes, flags & ~MSG_FASTOPEN);
    }
    if (to === undefined || (to.kind === 'word' && to.name === 'NULL')) return socket.send(bytes, flags, null, 0);
    const { remote, connectPort } = this.environment.options.addresses;
    const { address, port } = this.address(to, remote, connectPort);
    if (address !== null) this.environment.introduce(address);
    return socket.send(bytes, flags, address, port);
  }

  /** splice() between a socket and a pipe, which may not be a descriptor of the script's own. */
  private splice(from: Value, to: Value, bytes: number, flags: number): Result | Attempt {
    const wait = (flags & SPLICE_NONBLOCK) === 0 ? 0 : MSG.dontWait;
    const source = from.kind === 'open' ? undefined : this.descriptors.get(asNumber(from));
    const sink = to.kind === 'open' ? undefined : this.descriptors.get(asNumber(to));
    if (source instanceof StreamSocket) {
      const attempt = this.receive(from, bytes, wait);
      return () => {
        const result = attempt();
        if (sink instanceof Pipe && result !== null && result.value > 0) sink.bytes += result.value;
        return result;
      };
    }
    if (source instanceof Pipe && !(sink instanceof StreamSocket)) {
      source.bytes += bytes;
      return success(bytes);
    }
    if (sink instanceof Pipe) {
      sink.bytes += bytes;
      return success(bytes);
    }
    return this.send(to, bytes, wait | ((flags & SPLICE_MORE) === 0 ? 0 : MSG.more));
  }

  /** Where a connection is to go. */
  private target(to: Value | undefined): { address: IpAddress; port: number } {
    const { remote, connectPort } = this.environment.options.addresses;
    const { address, port } = this.address(to ?? { kind: 'open' }, remote, connectPort);
    if (address === null) throw new Unsupported('connect to no address');
    this.environment.introduce(address);
    return { address, port };
  }

  private fcntl([fd, command, value]: readonly Value[]): Result {
    const socket = this.find(fd);
    if (word(command) === 'F_GETFL') {
      // Scripts for FreeBSD write out its number of O_NONBLOCK.
      if (socket.nonblocking && this.expectedResult === READ_WRITE + BSD_NONBLOCK) return success(this.expectedResult);
      return success(socket.nonblocking ? READ_WRITE | NONBLOCK : READ_WRITE);
    }
    if (word(command) === 'F_GETFD' || word(command) === 'F_SETFD') return success();
    if (word(command) !== 'F_SETFL') throw new Unsupported(`fcntl ${word(command)}`);
    socket.nonblocking = (asNumber(value) & NONBLOCK) !== 0;
    return success();
  }

  private ioctl([fd, command, value]: readonly Value[]): Result {
    if (word(command) === 'FIONBIO') {
      this.find(fd).nonblocking = asNumber(inside(value)) !== 0;
      return success();
    }
    const found = this.find(fd);
    if (found instanceof DatagramSocket) return compareNumber(command, value, found.inQueue);
    const socket = this.stream(fd);
    const { session } = socket;
    if (socket.listener !== null || (session === null && !socket.linux)) return failure('EINVAL');
    const inQueue = () => (socket.linux ? socket.inQueue : (session?.receiver.readable ?? 0));
    const told: Record<string, () => number> = {
      SIOCINQ: inQueue,
      FIONREAD: inQueue,
      SIOCOUTQ: () => socket.outQueue,
      SIOCOUTQNSD: () => session?.sender.unsent ?? 0,
      SIOCATMARK: () => socket.atMark,
    };
    const ask = told[word(command)];
    if (ask === undefined) throw new Unsupported(`ioctl ${word(command)}`);
    return compareNumber(command, value, ask());
  }

  private epollControl(fd: Value, operation: Value, target: Value, event: Value | undefined): Result {
    const events = event?.kind === 'struct' ? event.fields.get('events') : undefined;
    const number = asNumber(target);
    return this.epoll(fd).control(
      asNumber(operation),
      number,
      this.findNumber(number),
      events === undefined ? 0 : asNumber(events),
    );
  }

  /** pipe(): both ends are the same thing here, which keeps zeros. */
  private pipe(ends: Value): Result {
    if (ends.kind !== 'list' || ends.items.length !== 2) throw new Unsupported(`pipe of ${describeValue(ends)}`);
    const pipe = new Pipe();
    for (const each of ends.items) this.descriptors.set(asNumber(each), pipe);
    return success();
  }

  /** The addresses of a socket are the script's own: nobody looks at them. */
  private named(fd: Value, peer = false): Result {
    const socket = this.find(fd);
    const alone = socket instanceof StreamSocket && (socket.session === null || !synchronized(socket.session.state));
    return peer && alone ? failure('ENOTCONN') : success();
  }

  private find(fd: Value): StreamSocket | DatagramSocket {
    const descriptor = this.findNumber(asNumber(fd));
    if (descriptor instanceof StreamSocket || descriptor instanceof DatagramSocket) return descriptor;
    throw new Unsupported('this call on something that is no socket');
  }

  private findNumber(fd: number): Descriptor {
    const descriptor = this.descriptors.get(fd);
    if (descriptor === undefined) throw new NoDescriptor();
    return descriptor;
  }

  private stream(fd: Value): StreamSocket {
    const socket = this.find(fd);
    if (socket instanceof StreamSocket) return socket;
    throw new Unsupported('this call on a UDP socket');
  }

  private epoll(fd: Value): Epoll {
    const descriptor = this.findNumber(asNumber(fd));
    if (descriptor instanceof Epoll) return descriptor;
    throw new Mismatch(`descriptor ${describeValue(fd)} is no epoll instance`);
  }

  /** An address as scripts write it; `...` is the runner's own. */
  private address(value: Value, address: IpAddress | null, port: number): { address: IpAddress | null; port: number } {
    if (value === undefined || value.kind === 'open') return { address, port };
    if (value.kind !== 'struct') throw new Unsupported(`the address ${describeValue(value)}`);
    const { fields } = value;
    const family = fields.get('sa_family') ?? fields.get('sin_family') ?? fields.get('sin6_family');
    if (family?.kind === 'word' && family.name === 'AF_UNSPEC') throw new Unsupported('AF_UNSPEC');
    const own = this.environment.options.addresses.sockets === 4 ? 2 : 10;
    if (family !== undefined && asNumber(family) !== own) throw new Unsupported(`the address ${describeValue(value)}`);
    const ports = fields.get('sin_port') ?? fields.get('sin6_port');
    const text = fields.get('sin_addr') ?? fields.get('sin6_addr');
    return {
      address: text === undefined ? address : parseAddress(text),
      port: ports === undefined || ports.kind === 'open' ? port : asNumber(ports),
    };
  }
}

/** ioctl: what it tells beside what a script expects. @throws Mismatch */
function compareNumber(command: Value, expected: Value, told: number): Result {
  const wanted = inside(expected);
  if (wanted.kind !== 'open' && asNumber(wanted) !== told)
    throw new Mismatch(`${word(command)} tells another number`, describeValue(wanted), String(told));
  return success();
}

/** `{sa_family = AF_UNSPEC}`. */
function isUnspecified(to: Value): boolean {
  const family = to.kind === 'struct' ? (to.fields.get('sa_family') ?? to.fields.get('sin_family')) : undefined;
  return family?.kind === 'word' && family.name === 'AF_UNSPEC';
}

function parseAddress(value: Value): IpAddress | null {
  const applied = value.kind === 'apply' && ['inet_addr', 'inet_pton'].includes(value.name);
  const text = applied ? (value.arguments.at(-1) as Value) : value;
  if (text.kind === 'word' && ['INADDR_ANY', 'in6addr_any', 'IN6ADDR_ANY_INIT'].includes(text.name)) return null;
  const address = text.kind === 'text' ? IpAddress.parse(text.text) : undefined;
  if (address === undefined) throw new Unsupported(`the address ${describeValue(value)}`);
  // ::ffff:192.0.2.1 is the IPv4 address (RFC 4291 section 2.5.5.2).
  const mapped = address.version === 6 && (address.a | address.b) === 0 && address.c === 0xffff;
  return address.isAny ? null : mapped ? IpAddress.v4(address.d) : address;
}

/** The name of an option or command. */
function word(value: Value): string {
  return value.kind === 'word' ? value.name : describeValue(value);
}

/** Bytes of `[{..., 100}, {..., 200}]`. */
function vectorBytes(value: Value): number {
  if (value.kind !== 'list') throw new Unsupported(`the vector ${describeValue(value)}`);
  return value.items.reduce((sum, each) => {
    if (each.kind !== 'struct' || each.items.length < 2) throw new Unsupported(`the vector ${describeValue(value)}`);
    return sum + asNumber(each.items[each.items.length - 1]);
  }, 0);
}
