import type nodeNet from 'node:net';

// Part of what every program with the preload pays for: it imports nothing of the stack, and not net itself.

type ListenArguments = [
  address: string | null,
  port: number,
  family: number,
  backlog: number,
  descriptor?: number,
  flags?: number,
];

/** What Node's sockets and servers have and its declarations do not say. */
interface Inside {
  _handle: object | null;
}

interface ServerInside extends nodeNet.Server, Inside {
  _listen2(...given: ListenArguments): void;
}

/** What a server asks of its handle before it listens. */
interface Bindable {
  bind(address: string, port: number, flags: number): number;
  bind6(address: string, port: number, flags: number): number;
  close(): void;
}

/** Who makes handles for sockets and servers that Node would give native ones. */
export interface HandleMaker {
  socket(): object;
  server(): Bindable;
  /** What UV calls its error numbers, and says of them. */
  errors(): ReadonlyMap<number, readonly [name: string, text: string]>;
  /** Adds to what a socket is to connect by. */
  prepare?(options: Record<string, unknown>): void;
}

/**
 * Lets sockets and servers of `onto` have handles of our own: classes that extend Node's, or Node's own classes.
 * @returns false where this version of Node keeps them elsewhere.
 */
export function giveHandles(
  onto: { Socket: { prototype: nodeNet.Socket }; Server: { prototype: nodeNet.Server } },
  make: HandleMaker,
): boolean {
  const socket = onto.Socket.prototype;
  const server = onto.Server.prototype as ServerInside;
  // By this net.js changes a socket's handle: where a host has several addresses, for each attempt after the first.
  const own = Object.getOwnPropertySymbols(socket);
  const symbols = own.concat(Object.getOwnPropertySymbols(Object.getPrototypeOf(socket)));
  const taking = symbols.find((each) => each.description === 'kReinitializeHandle');
  if (taking === undefined) return false;
  const made = new WeakSet<object>();
  const fresh = (): object => {
    const handle = make.socket();
    made.add(handle);
    return handle;
  };
  const { connect } = socket;
  const { [taking]: take } = socket as unknown as Record<symbol, (handle: object) => void>;
  const { _listen2: listen } = server;

  define(socket, taking, function (this: nodeNet.Socket, handle: object): void {
    if (!made.has(handle)) (handle as { close(): void }).close();
    take.call(this, made.has(handle) ? handle : fresh());
  });
  define(socket, 'connect', function (this: nodeNet.Socket, ...given: unknown[]): nodeNet.Socket {
    const [options, connected] = connectArguments(given);
    // An agent of http says null.
    if (options.path) return Reflect.apply(connect, this, given);
    if ((this as unknown as Inside)._handle === null) {
      (this as unknown as Record<symbol, (handle: object) => void>)[taking](fresh());
    }
    if (make.prepare === undefined) return Reflect.apply(connect, this, given);
    make.prepare(options);
    return Reflect.apply(connect, this, [options, connected]);
  });
  // Called by Node's `listen` when it knows the address; null is every one.
  define(server, '_listen2', function (this: ServerInside, ...given: ListenArguments): void {
    const [address, port, family, backlog, descriptor, flags = 0] = given;
    if (!(port >= 0) || this._handle !== null || (descriptor !== undefined && descriptor >= 0)) {
      listen.apply(this, given);
      return;
    }
    const handle = make.server();
    const bound = bind(handle, address, port, family, flags);
    if (typeof bound === 'number') {
      handle.close();
      const error = systemError(make.errors(), bound, 'listen', address ?? '0.0.0.0', port);
      process.nextTick(() => this.emit('error', error));
      return;
    }
    this._handle = handle;
    listen.call(this, ...bound, backlog);
  });
  return true;
}

function define(onto: object, name: PropertyKey, value: unknown): void {
  const { enumerable = false } = Object.getOwnPropertyDescriptor(onto, name) ?? {};
  Object.defineProperty(onto, name, { value, enumerable, writable: true, configurable: true });
}

/** Binds as net.js does: to :: where no address is given, which takes IPv4 too. @returns UV's code where it fails. */
function bind(
  handle: Bindable,
  address: string | null,
  port: number,
  family: number,
  flags: number,
): [string, number, number] | number {
  if (address === null) {
    if (handle.bind6('::', port, flags) === 0) return ['::', port, 6];
    const status = handle.bind('0.0.0.0', port, flags);
    return status === 0 ? ['0.0.0.0', port, 4] : status;
  }
  const status = family === 6 ? handle.bind6(address, port, flags) : handle.bind(address, port, flags);
  return status === 0 ? [address, port, family] : status;
}

/** `connect(options)`, `connect(port, host)` and `connect(path)`, each with a callback or without; or net.js's own list. */
export function connectArguments(given: unknown[]): [Record<string, unknown>, (() => void) | undefined] {
  const [first, second] = given;
  if (Array.isArray(first)) return first as [Record<string, unknown>, (() => void) | undefined];
  const last = given.at(-1);
  const connected = typeof last === 'function' ? (last as () => void) : undefined;
  if (typeof first === 'object' && first !== null) return [{ ...first }, connected];
  if (typeof first === 'string' && !(Number(first) >= 0)) return [{ path: first }, connected];
  return [{ port: first, ...(typeof second === 'string' ? { host: second } : {}) }, connected];
}

/** An error of Node's, as its own code makes it. */
function systemError(
  errors: ReturnType<HandleMaker['errors']>,
  errno: number,
  syscall: string,
  address: string,
  port: number,
): NodeJS.ErrnoException {
  const [code, text] = errors.get(errno) ?? [`${errno}`, ''];
  const at = port > 0 ? `${address}:${port}` : address;
  return Object.assign(new Error(`${syscall} ${code}: ${text} ${at}`), { code, errno, syscall, address, port });
}
