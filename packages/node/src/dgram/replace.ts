import type nodeDgram from 'node:dgram';

// Part of what every program with the preload pays for: it imports nothing of the stack.

/** What dgram.js keeps of a socket, under a symbol of its own. */
interface SocketState {
  handle: object | null;
}

/** A handle as dgram.js prepares it: with a resolver, and for IPv6 with methods in each other's place. */
export interface PreparedHandle {
  getAsyncId(): number;
  close(): void;
  [name: PropertyKey]: unknown;
}

/**
 * Does what dgram.js does itself when a cluster's primary hands it a handle (`replaceHandle`).
 * @returns false where this version of Node keeps its handles elsewhere.
 */
export function replaceHandle(socket: nodeDgram.Socket, type: nodeDgram.SocketType, handle: PreparedHandle): boolean {
  const state = valueUnder<SocketState>(socket, 'state symbol');
  if (state === undefined) return false;
  const native = state.handle as PreparedHandle | null;
  // A signal that had been aborted has closed it already.
  if (native === null) {
    handle.close();
    return true;
  }
  handle.lookup = native.lookup;
  if (type === 'udp6') Object.assign(handle, { bind: handle.bind6, connect: handle.connect6, send: handle.send6 });
  const owner = symbolOf(native, 'owner_symbol');
  if (owner !== undefined) handle[owner] = socket;
  const id = symbolOf(socket, 'async_id_symbol');
  if (id !== undefined) Object.assign(socket, { [id]: handle.getAsyncId() });
  native.close();
  state.handle = handle;
  return true;
}

function symbolOf(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((each) => each.description === description);
}

function valueUnder<T>(object: object, description: string): T | undefined {
  const symbol = symbolOf(object, description);
  return symbol === undefined ? undefined : (object as Record<symbol, T>)[symbol];
}
