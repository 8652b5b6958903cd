import nodeDgram from 'node:dgram';
import type { Stack } from '@netwright/core';
import { dns } from '../dns/module.js';
import { fail } from '../errors.js';
import type { DatagramHandle } from './handle.js';
import { datagramHome, householdOf } from './home.js';
import { datagramHandles } from './install.js';

/** What dgram.js keeps of a socket, under a symbol of its own. */
interface SocketState {
  handle: object | null;
}

/** A handle as dgram.js prepares it: with a resolver, and for IPv6 with methods in each other's place. */
type Prepared = DatagramHandle & Record<PropertyKey, unknown>;

type Lookup = NonNullable<nodeDgram.SocketOptions['lookup']>;

/** Node's dgram, bound to one stack. */
export interface DatagramModule {
  createSocket: typeof nodeDgram.createSocket;
  Socket: new (type: nodeDgram.SocketType | nodeDgram.SocketOptions, listener?: MessageListener) => nodeDgram.Socket;
}

type MessageListener = (data: Buffer<ArrayBuffer>, from: nodeDgram.RemoteInfo) => void;

/**
 * A module like `node:dgram` whose sockets are the stack's. They are Node's own sockets, of Node's own class, with a
 * handle of ours in the place of the native one.
 * @param lookup resolves names for sockets that bring no `lookup` of their own; left out: that of `dns(stack)`.
 * @throws NODE_NO_UDP, and NODE_SOCKET_UNKNOWN when a socket of this version of Node cannot be given a handle.
 */
export function dgram(stack: Stack, lookup: Lookup = dns(stack).lookup): DatagramModule {
  const Handle = datagramHandles(datagramHome(householdOf(stack)));

  class Socket extends nodeDgram.Socket {
    constructor(type: nodeDgram.SocketType | nodeDgram.SocketOptions, listener?: MessageListener) {
      const options = typeof type === 'object' && type !== null ? type : { type };
      // Node's declarations hide the constructor, which takes what createSocket takes.
      const make = [{ lookup, ...options }, listener] as unknown as [];
      super(...make);
      replaceHandle(this, options.type, new Handle() as Prepared);
    }
  }

  return {
    Socket,
    createSocket: (type: nodeDgram.SocketType | nodeDgram.SocketOptions, listener?: MessageListener) =>
      new Socket(type, listener),
  };
}

/** Does what dgram.js does itself when a cluster's primary hands it a handle (`replaceHandle`). */
function replaceHandle(socket: nodeDgram.Socket, type: nodeDgram.SocketType, handle: Prepared): void {
  const state = valueUnder<SocketState>(socket, 'state symbol');
  if (state === undefined) throw fail('NODE_SOCKET_UNKNOWN', { version: process.version });
  const native = state.handle as Prepared | null;
  // A signal that had been aborted has closed it already.
  if (native === null) {
    handle.close();
    return;
  }
  handle.lookup = native.lookup;
  if (type === 'udp6') Object.assign(handle, { bind: handle.bind6, connect: handle.connect6, send: handle.send6 });
  const owner = symbolOf(native, 'owner_symbol');
  if (owner !== undefined) handle[owner] = socket;
  const id = symbolOf(socket, 'async_id_symbol');
  if (id !== undefined) Object.assign(socket, { [id]: handle.getAsyncId() });
  native.close();
  state.handle = handle;
}

function symbolOf(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((each) => each.description === description);
}

function valueUnder<T>(object: object, description: string): T | undefined {
  const symbol = symbolOf(object, description);
  return symbol === undefined ? undefined : (object as Record<symbol, T>)[symbol];
}
