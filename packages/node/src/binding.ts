import type { MessageChannel } from 'node:worker_threads';
import { type Births, bearing } from './births.js';
import { fail } from './errors.js';
import type { SocketName } from './family.js';
import type { Beat } from './preload/beat.js';

/** What Node's write and shutdown requests are to us: passed through. */
export type StreamRequest = object;

/** A request to connect: Node's own object, which is told what came of it. */
export interface ConnectRequest {
  oncomplete?: (status: number, handle: object, request: ConnectRequest, readable: boolean, writable: boolean) => void;
}

/**
 * Node's stream whose bytes come from JavaScript (src/js_stream.cc): a native StreamBase, so that the native code of TLS,
 * HTTP/1 and HTTP/2 can take it over. It asks its subclass by `onreadstart`, `onreadstop`, `onwrite`, `onshutdown` and
 * `isClosing`; negative numbers are UV's error codes.
 */
export interface NativeStream {
  getAsyncId(): number;
  onread: ((bytes?: ArrayBuffer) => void) | undefined;
  readStart(): number;
  readStop(): number;
  useUserBuffer(buffer: Uint8Array): number;
  writev(request: StreamRequest, chunks: readonly unknown[], allBuffers: boolean): number;
  writeBuffer(request: StreamRequest, bytes: Uint8Array): number;
  writeUtf8String(request: StreamRequest, text: string): number;
  writeAsciiString(request: StreamRequest, text: string): number;
  writeLatin1String(request: StreamRequest, text: string): number;
  writeUcs2String(request: StreamRequest, text: string): number;
  /** Hands bytes to whoever listens; they are copied. */
  readBuffer(bytes: Uint8Array): void;
  emitEOF(): void;
  finishWrite(request: StreamRequest, status: number): void;
  finishShutdown(request: StreamRequest, status: number): void;
}

/** A stream that the native TLS code has put over another one. */
export interface NativeTls {
  onread?: (bytes?: ArrayBuffer) => void;
}

/** A request to native code, which says what came of it: UV's numbers. */
export interface NativeRequest {
  oncomplete?: (status: number) => void;
}

/** Node's own handle of a connection over the host's network. */
export interface NativeTcp {
  onread: ((bytes?: ArrayBuffer) => void) | undefined;
  connect(request: NativeRequest, address: string, port: number): number;
  connect6(request: NativeRequest, address: string, port: number): number;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: NativeRequest, bytes: Uint8Array): number;
  shutdown(request: NativeRequest): number;
  setNoDelay(on: boolean): number;
  setKeepAlive(on: boolean, idle: number): number;
  getProviderType(): number;
  getsockname(into: object): number;
  getpeername(into: object): number;
  /** Not in every version. */
  setTypeOfService?(type: number): number;
  unref(): void;
  close(callback: () => void): void;
  reset(callback: () => void): number;
}

/** Node's own handle of a datagram socket on the host's network. */
export interface NativeUdp {
  onmessage: ((size: number, handle: object, data?: Buffer, from?: SocketName) => void) | undefined;
  bind(address: string, port: number, flags: number): number;
  bind6(address: string, port: number, flags: number): number;
  send(request: NativeRequest, list: readonly Uint8Array[], count: number, ...rest: unknown[]): number;
  send6(request: NativeRequest, list: readonly Uint8Array[], count: number, ...rest: unknown[]): number;
  recvStart(): number;
  unref(): void;
  close(): void;
}

/** Node's internals that a handle needs. */
export interface NativeParts {
  readonly JSStream: new () => NativeStream;
  /** Error codes by name: `UV_ECONNRESET`, all negative. */
  readonly uv: Readonly<Record<string, number>>;
  /** Where a stream leaves the results of its last call, and the places in it. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kBytesWritten: number;
  readonly kLastWriteWasAsync: number;
  /** Not in every version. */
  readonly kLastWriteErr: number | undefined;
  /** What net.js takes its handles from; `TCP` may be replaced before it is loaded. */
  readonly tcp: { TCP: NativeHandleClass; readonly constants: TcpConstants };
  readonly kArrayBufferOffset: number;
  /** Node's own `TCP`. */
  readonly NativeTcp: new (
    type: number,
  ) => NativeTcp;
  /** Node's own `UDP`. */
  readonly NativeUdp: new () => NativeUdp;
  readonly TCPConnectWrap: new () => NativeRequest;
  readonly WriteWrap: new () => NativeRequest;
  readonly ShutdownWrap: new () => NativeRequest;
  readonly SendWrap: new () => NativeRequest;
  readonly tls: { wrap(handle: object, ...rest: unknown[]): NativeTls };
}

/** `TCP.SOCKET` and the others. */
export interface TcpConstants {
  readonly SOCKET: number;
  readonly SERVER: number;
  readonly UV_TCP_IPV6ONLY: number;
  /** Not in every version. */
  readonly UV_TCP_REUSEPORT?: number;
}

/** Some class of handles: `new TCP(TCP.SOCKET)`. */
export type NativeHandleClass = new (type: number) => object;

/** Where a class that stands in the place of a native one keeps that. */
export const NATIVE = Symbol.for('netwright:native');

/** What a binding had in the place of a class before a stack was put under the program: another copy of us may have. */
export function nativeClass<T extends object>(found: T): T {
  return (found as { [NATIVE]?: T })[NATIVE] ?? found;
}

/** What the preload has taken before the program began, for the stack that it evaluates later (preload/late.ts). */
export interface Lent {
  /** Internal modules of Node, by name. */
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly channel: MessageChannel;
  readonly beats: Beat[];
  readonly births: Births;
}

export const LENT = Symbol.for('netwright:lent');
// The late stack has a `globalThis` of its own.
export const lent = (globalThis as { [LENT]?: Lent })[LENT];

/** The numbers by which `async_hooks` and `getProviderType` know the kinds of handles. */
export function providerOf(type: number): number {
  const { NativeTcp } = nativeParts();
  return bearing({ hidden: true }, () => {
    const handle = new NativeTcp(type);
    handle.unref();
    handle.close(() => {});
    return handle.getProviderType();
  });
}

type Binding = (name: string) => unknown;

let parts: NativeParts | undefined;

/** Node's internals. @throws NODE_BINDING_BLOCKED under `--permission`, or where Node no longer has them. */
export function nativeParts(): NativeParts {
  parts ??= load();
  return parts;
}

/** An internal module of Node by name, without the warning that it is internal. @throws NODE_BINDING_BLOCKED */
export function nativeBinding<T>(name: string): T {
  // Warnings of deprecation (DEP0111, where --pending-deprecation asks for them) are for who can do something about it.
  const given = lent?.bindings[name];
  if (given !== undefined) return given as T;
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation');
  process.noDeprecation = true;
  try {
    return (process as unknown as { binding: Binding }).binding(name) as T;
  } catch (error) {
    throw fail('NODE_BINDING_BLOCKED', { cause: (error as Error).message }, undefined, error);
  } finally {
    if (before === undefined) delete (process as { noDeprecation?: boolean }).noDeprecation;
    else Object.defineProperty(process, 'noDeprecation', before);
  }
}

function load(): NativeParts {
  const { JSStream } = nativeBinding<Pick<NativeParts, 'JSStream'>>('js_stream');
  const stream = nativeBinding<NativeParts>('stream_wrap');
  const tcp = nativeBinding<NativeParts['tcp']>('tcp_wrap');
  const udp = nativeBinding<{ UDP: NativeParts['NativeUdp']; SendWrap: NativeParts['SendWrap'] }>('udp_wrap');
  return {
    JSStream,
    NativeTcp: nativeClass(tcp.TCP) as NativeParts['NativeTcp'],
    uv: nativeBinding('uv'),
    streamBaseState: stream.streamBaseState,
    WriteWrap: stream.WriteWrap,
    ShutdownWrap: stream.ShutdownWrap,
    TCPConnectWrap: (tcp as unknown as NativeParts).TCPConnectWrap,
    NativeUdp: nativeClass(udp.UDP),
    SendWrap: udp.SendWrap,
    kArrayBufferOffset: stream.kArrayBufferOffset,
    kReadBytesOrError: stream.kReadBytesOrError,
    kBytesWritten: stream.kBytesWritten,
    kLastWriteWasAsync: stream.kLastWriteWasAsync,
    kLastWriteErr: stream.kLastWriteErr,
    tcp,
    tls: nativeBinding('tls_wrap'),
  };
}

/** UV's number for one of our codes: 'ECONNRESET' becomes -104 on Linux. */
export function uvCode(code: string): number {
  const { uv } = nativeParts();
  return uv[`UV_${code}`] ?? uv.UV_EIO;
}

/** `JSStream` to extend, or, where Node does not give it away, a class that says so when somebody makes one. */
export function streamClass(): NativeParts['JSStream'] {
  try {
    return nativeParts().JSStream;
  } catch (error) {
    return class {
      constructor() {
        throw error;
      }
    } as unknown as NativeParts['JSStream'];
  }
}
