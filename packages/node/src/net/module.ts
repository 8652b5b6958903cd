import nodeNet from 'node:net';
import type { Stack } from '@netwright/core';
import { nativeParts } from '../binding.js';
import { nameOf, textOf } from '../dgram/errno.js';
import { dns } from '../dns/module.js';
import { fail } from '../errors.js';
import { followTls, recognizeStreams, tcpClass } from '../handle/install.js';
import type { TcpHandle } from '../handle/tcp.js';
import { homeOf } from '../home.js';

type Lookup = nodeNet.TcpSocketConnectOpts['lookup'];

/** Node's net, bound to one stack. */
export type NetModule = Pick<
  typeof nodeNet,
  | 'BlockList'
  | 'SocketAddress'
  | 'connect'
  | 'createConnection'
  | 'createServer'
  | 'isIP'
  | 'isIPv4'
  | 'isIPv6'
  | 'Server'
  | 'Socket'
>;

/** What Node's sockets and servers have and its declarations do not say. */
interface Inside {
  _handle: object | null;
  _listen2(...given: ListenArguments): void;
}

type ListenArguments = [
  address: string | null,
  port: number,
  family: number,
  backlog: number,
  descriptor?: number,
  flags?: number,
];

/**
 * A module like `node:net` whose sockets and servers are the stack's: Node's own classes, with handles of ours in the
 * place of the native ones, so that `tls.connect({ socket })`, `http.request({ createConnection })` and whatever else
 * takes a socket takes these. Paths (Unix sockets and pipes) stay with the kernel. Of several addresses of a host the
 * first is tried, no other (`autoSelectFamily` is off): Node would make the handles of further attempts itself.
 * @param lookup finds addresses of hosts; left out: that of `dns(stack)`.
 * @throws NODE_NO_TCP, NODE_BINDING_BLOCKED
 */
export function net(stack: Stack, lookup?: Lookup): NetModule {
  nativeParts();
  followTls();
  recognizeStreams();
  const home = homeOf(stack);
  const Handle = tcpClass(() => home);
  const { SOCKET, SERVER, UV_TCP_IPV6ONLY } = nativeParts().tcp.constants;
  let lookUp = lookup;
  const lookupOf = (): Lookup => {
    lookUp ??= dns(stack).lookup as Lookup;
    return lookUp;
  };

  class Socket extends nodeNet.Socket {
    override connect(...given: unknown[]): this {
      const [options, connected] = connectArguments(given);
      if (options.path === undefined) {
        if ((this as unknown as Inside)._handle === null) takeHandle(this, new Handle(SOCKET));
        Object.assign(options, { autoSelectFamily: false, lookup: options.lookup ?? lookupOf() });
      }
      return super.connect(options as unknown as nodeNet.SocketConnectOpts, connected);
    }
  }

  class Server extends nodeNet.Server {
    /** Called by Node's `listen` when it knows the address; null is every one. */
    _listen2(...given: ListenArguments): void {
      const [address, port, family, backlog, descriptor, flags = 0] = given;
      const inside = this as unknown as Inside;
      if (port >= 0 && inside._handle === null && (descriptor === undefined || descriptor < 0)) {
        const handle = new Handle(SERVER);
        const bound = bind(handle, address, port, family, flags & UV_TCP_IPV6ONLY);
        if (typeof bound === 'number') {
          handle.close();
          const error = systemError(bound, 'listen', address ?? '0.0.0.0', port);
          process.nextTick(() => this.emit('error', error));
          return;
        }
        inside._handle = handle;
        (Object.getPrototypeOf(Server.prototype) as Inside)._listen2.call(this, ...bound, backlog);
        return;
      }
      (Object.getPrototypeOf(Server.prototype) as Inside)._listen2.apply(this, given);
    }
  }

  const connect = (...given: unknown[]): Socket => {
    const [options] = connectArguments(given);
    const socket = new Socket(options as nodeNet.SocketConstructorOpts);
    if (typeof options.timeout === 'number') socket.setTimeout(options.timeout);
    return socket.connect(...given);
  };
  const made = {
    ...nodeNet,
    Socket,
    Stream: Socket,
    Server,
    connect,
    createConnection: connect,
    createServer: (...given: ConstructorParameters<typeof nodeNet.Server>) => new Server(...given),
  };
  return made as unknown as NetModule;
}

/** Binds as net.js does: to :: where no address is given, which takes IPv4 too. @returns UV's code where it fails. */
function bind(
  handle: TcpHandle,
  address: string | null,
  port: number,
  family: number,
  flags: number,
): [string, number, number] | number {
  if (address === null) {
    if (handle.bind6('::', port, flags) === 0) return ['::', port, 6];
    const status = handle.bind('0.0.0.0', port);
    return status === 0 ? ['0.0.0.0', port, 4] : status;
  }
  const status = family === 6 ? handle.bind6(address, port, flags) : handle.bind(address, port);
  return status === 0 ? [address, port, family] : status;
}

/** Does what net.js itself does when it changes a socket's handle. @throws NODE_SOCKET_UNKNOWN */
function takeHandle(socket: nodeNet.Socket, handle: object): void {
  const { prototype } = nodeNet.Socket;
  const symbol = Object.getOwnPropertySymbols(prototype).find((each) => each.description === 'kReinitializeHandle');
  if (symbol === undefined) throw fail('NODE_SOCKET_UNKNOWN', { version: process.version });
  (prototype as unknown as Record<symbol, (handle: object) => void>)[symbol].call(socket, handle);
}

/** `connect(options)`, `connect(port, host)` and `connect(path)`, each with a callback or without. */
function connectArguments(given: unknown[]): [Record<string, unknown>, (() => void) | undefined] {
  const [first, second] = given;
  const last = given.at(-1);
  const connected = typeof last === 'function' ? (last as () => void) : undefined;
  if (typeof first === 'object' && first !== null) return [{ ...first }, connected];
  if (typeof first === 'string' && !(Number(first) >= 0)) return [{ path: first }, connected];
  return [{ port: first, ...(typeof second === 'string' ? { host: second } : {}) }, connected];
}

/** An error of Node's, as its own code makes it. */
function systemError(status: number, call: string, address: string, port: number): NodeJS.ErrnoException {
  const code = nameOf(status);
  const at = port > 0 ? `${address}:${port}` : address;
  const error = new Error(`${call} ${code}: ${textOf(status)} ${at}`);
  return Object.assign(error, { code, errno: status, syscall: call, address, port });
}
