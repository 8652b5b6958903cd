import { type NativeHandleClass, type NativeTls, nativeParts } from '../binding.js';
import type { Home } from '../home.js';
import { TcpHandle } from './tcp.js';

/** The `TCP` of one stack. */
export function tcpClass(home: Home): new (type: number) => TcpHandle {
  // Its name is what an inspected socket shows.
  class TCP extends TcpHandle {
    // Node says whether it is a socket or a server; what is called on it will tell.
    // biome-ignore lint/complexity/noUselessConstructor: `new TCP(type)` is how Node makes it.
    constructor(_type: number) {
      super(home);
    }

    protected override sibling(): TcpHandle {
      return new TCP(0);
    }
  }
  return TCP;
}

/** Puts the handles of a stack in the place of Node's own, for all modules that are loaded after it. */
export function installStreams(home: Home): void {
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
