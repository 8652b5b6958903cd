import nodeNet from 'node:net';
import type { Stack } from '@netwright/core';
import { nativeParts } from '../binding.js';
import { errorTexts } from '../dgram/errno.js';
import { dns } from '../dns/module.js';
import { fail } from '../errors.js';
import { followTls, recognizeStreams, tcpClass } from '../handle/install.js';
import { homeOf } from '../home.js';
import { connectArguments, giveHandles } from './handles.js';

type Lookup = NonNullable<nodeNet.TcpSocketConnectOpts['lookup']>;

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

/**
 * A module like `node:net` whose sockets and servers are the stack's: Node's own classes, with handles of ours in the
 * place of the native ones, so that `tls.connect({ socket })`, `http.request({ createConnection })` and whatever else
 * takes a socket takes these. Paths (Unix sockets and pipes) stay with the kernel.
 * @param lookup finds addresses of hosts; left out: that of `dns(stack)`.
 * @throws NODE_NO_TCP, NODE_BINDING_BLOCKED, NODE_SOCKET_UNKNOWN
 */
export function net(stack: Stack, lookup?: Lookup): NetModule {
  nativeParts();
  followTls();
  recognizeStreams();
  const home = homeOf(stack);
  const Handle = tcpClass(() => home);
  const { SOCKET, SERVER } = nativeParts().tcp.constants;
  let found = lookup;
  const lookUp: Lookup = (...given) => {
    found ??= dns(stack).lookup as Lookup;
    found(...given);
  };

  class Socket extends nodeNet.Socket {}
  class Server extends nodeNet.Server {}
  const given = giveHandles(
    { Socket, Server },
    {
      socket: () => new Handle(SOCKET),
      server: () => new Handle(SERVER),
      errors: errorTexts,
      prepare: (options) => {
        options.lookup ??= lookUp;
      },
    },
  );
  if (!given) throw fail('NODE_SOCKET_UNKNOWN', { version: process.version });

  const connect = (...given: unknown[]): Socket => {
    const [options] = connectArguments(given);
    const socket = new Socket(options as nodeNet.SocketConstructorOpts);
    if (typeof options.timeout === 'number') socket.setTimeout(options.timeout);
    return Reflect.apply(socket.connect, socket, given);
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
