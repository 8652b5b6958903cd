import nodeDgram from 'node:dgram';
import type { Stack } from '@netwright/core';
import { dns } from '../dns/module.js';
import { fail } from '../errors.js';
import { datagramHome, householdOf } from './home.js';
import { datagramHandles } from './install.js';
import { type PreparedHandle, replaceHandle } from './replace.js';

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
      if (!replaceHandle(this, options.type, new Handle() as unknown as PreparedHandle)) {
        throw fail('NODE_SOCKET_UNKNOWN', { version: process.version });
      }
    }
  }

  return {
    Socket,
    createSocket: (type: nodeDgram.SocketType | nodeDgram.SocketOptions, listener?: MessageListener) =>
      new Socket(type, listener),
  };
}
