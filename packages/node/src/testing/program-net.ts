import http from 'node:http';
import type net from 'node:net';
import type { Stack } from '@netwright/core';
import { net as netOf } from '../net/module.js';

/** What a program uses of `node:net`, bound to one stack of a scenario. */
export interface ScenarioNet {
  connect: typeof net.connect;
  createConnection: typeof net.connect;
  createServer: typeof net.createServer;
  Socket: typeof net.Socket;
  Server: typeof net.Server;
}

/** What was made of it and is not closed yet. */
export type OpenThings = Set<net.Socket | net.Server>;

/**
 * `node:net` over a stack, as `net(stack)` has it.
 * @param open is filled with what is open.
 */
export function netOver(stack: Stack, open: OpenThings): ScenarioNet {
  const bare = netOf(stack);
  const remember = (thing: net.Socket | net.Server) => {
    open.add(thing);
    thing.once('close', () => open.delete(thing));
  };

  class Socket extends bare.Socket {
    constructor(options?: net.SocketConstructorOpts) {
      super(options);
      remember(this);
    }
  }

  class Server extends bare.Server {
    constructor(...given: ConstructorParameters<typeof net.Server>) {
      super(...given);
      this.once('listening', () => remember(this)).on('connection', remember);
    }
  }

  const connect = ((...given: unknown[]) => {
    const [first] = given;
    const options = typeof first === 'object' && first !== null ? first : {};
    const socket = new Socket(options as net.SocketConstructorOpts);
    const { timeout } = options as { timeout?: number };
    if (timeout !== undefined) socket.setTimeout(timeout);
    return (socket.connect as (...given: unknown[]) => net.Socket)(...given);
  }) as typeof net.connect;

  const createServer = ((...given: ConstructorParameters<typeof net.Server>) =>
    new Server(...given)) as typeof net.createServer;

  return { connect, createConnection: connect, createServer, Socket: Socket as never, Server: Server as never };
}

/** An agent whose connections are the stack's: `http.get({ agent, host, port })`. */
export function agentOver({ connect }: ScenarioNet, options: http.AgentOptions = {}): http.Agent {
  const agent = new http.Agent(options);
  agent.createConnection = ((to: net.NetConnectOpts) => connect(to)) as typeof agent.createConnection;
  return agent;
}
