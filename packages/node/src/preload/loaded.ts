import type nodeDgram from 'node:dgram';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type nodeNet from 'node:net';
import { type PreparedHandle, replaceHandle } from '../dgram/replace.js';
import { giveHandles, type HandleMaker } from '../net/handles.js';

/** The classes that stand in the place of the native ones. */
export interface StandIns {
  readonly TCP: new (type: number) => object;
  readonly UDP: new () => object;
  readonly errors: HandleMaker['errors'];
}

/** Whether Node has loaded a module. */
export function isLoaded(name: string): boolean {
  return (process as unknown as { moduleLoadList: string[] }).moduleLoadList.includes(`NativeModule ${name}`);
}

/**
 * Gives handles to `net` and `dgram` where Node has loaded them already, and with them its native classes: it does for
 * the channel of a child process (`fork`), before any preload. Nothing else is there that could hold on to them.
 */
export function takeOverLoaded({ TCP, UDP, errors }: StandIns): void {
  const require = createRequire(import.meta.url);
  const net = require('node:net') as typeof nodeNet;
  giveHandles(net, { socket: () => new TCP(0), server: () => new TCP(1) as never, errors });

  if (!isLoaded('dgram')) return;

  const dgram = require('node:dgram') as { -readonly [name in keyof typeof nodeDgram]: (typeof nodeDgram)[name] };
  type Made = ConstructorParameters<new (options: nodeDgram.SocketOptions, listener?: () => void) => object>;
  class Socket extends dgram.Socket {
    constructor(...given: Made) {
      super(...(given as unknown as []));
      const [options] = given;
      const type = typeof options === 'object' && options !== null ? options.type : options;
      replaceHandle(this, type, new UDP() as PreparedHandle);
    }
  }
  dgram.Socket = Socket as unknown as typeof dgram.Socket;
  dgram.createSocket = ((...given: Made) => new Socket(...given)) as typeof dgram.createSocket;
  syncBuiltinESMExports();
}
