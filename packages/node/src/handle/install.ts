import { NATIVE, type NativeHandleClass, type NativeTls, nativeParts, providerOf } from '../binding.js';
import { births } from '../births.js';
import type { Home } from '../home.js';
import { TcpHandle } from './tcp.js';

/** The `TCP` of one stack; `home` is asked for when the first handle is made. */
export function tcpClass(home: () => Home): new (type: number) => TcpHandle {
  // Its name is what an inspected socket shows.
  class TCP extends TcpHandle {
    static get [NATIVE](): object {
      return nativeParts().NativeTcp;
    }

    /** A handle of another stack is one of TCP, too. */
    static override [Symbol.hasInstance](thing: unknown): boolean {
      return thing instanceof TcpHandle;
    }

    readonly #server: boolean;

    constructor(type: number) {
      super(named(type, home()));
      births.type = null;
      this.#server = isServer(type);
    }

    getProviderType(): number {
      return providerOf(this.#server ? nativeParts().tcp.constants.SERVER : nativeParts().tcp.constants.SOCKET);
    }

    override get resourceName(): string {
      return this.#server ? 'TCPServerWrap' : 'TCPSocketWrap';
    }

    protected override sibling(): TcpHandle {
      return new TCP(0);
    }
  }
  return TCP;
}

function isServer(type: number): boolean {
  return type === nativeParts().tcp.constants.SERVER;
}

/** Says what the next handle is called by `async_hooks`. @returns `home` */
function named(type: number, home: Home): Home {
  births.type = isServer(type) ? 'TCPSERVERWRAP' : 'TCPWRAP';
  return home;
}

/** Puts the handles of a stack in the place of Node's own, for all modules that are loaded after it. */
export function installStreams(home: () => Home): void {
  nativeParts().tcp.TCP = tcpClass(home) as unknown as NativeHandleClass;
  followTls();
}

let following = false;

/** Lets our handles know when the native TLS code reads from them: it has to be told of errors. */
export function followTls(): void {
  if (following) return;
  following = true;
  const { tls } = nativeParts();
  const { wrap } = tls;
  tls.wrap = (handle: object, ...rest: unknown[]): NativeTls => {
    const wrapped = wrap(handle, ...rest);
    if (handle instanceof TcpHandle) handle.wrappedBy(wrapped);
    return wrapped;
  };
}

let recognized = false;

/** Lets net.js, which has Node's own `TCP` already, take our handles for TCP's: it asks before a reset. */
export function recognizeStreams(): void {
  if (recognized) return;
  recognized = true;
  const { NativeTcp } = nativeParts();
  const isInstance = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(NativeTcp, Symbol.hasInstance, {
    value: (thing: unknown) => thing instanceof TcpHandle || isInstance.call(NativeTcp, thing),
  });
}
