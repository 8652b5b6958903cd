import http from 'node:http';
import net from 'node:net';
import { getSystemErrorName } from 'node:util';
import { nativeParts } from '../binding.js';
import { tcpClass } from '../handle/install.js';
import type { Home } from '../home.js';

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

/** What Node's servers have and its declarations do not say. */
interface ServerInside {
  _handle: object | null;
  _listen2(address: string, port: number, family: number, backlog: number): void;
}

/**
 * `node:net` over a stack: Node's own sockets and servers, of Node's own classes, with handles of ours.
 * @param open is filled with what is open.
 */
export function netOver(home: Home, open: OpenThings): ScenarioNet {
  nativeParts();
  const Handle = tcpClass(() => home);
  const remember = (thing: net.Socket | net.Server) => {
    open.add(thing);
    thing.once('close', () => open.delete(thing));
  };

  class Socket extends net.Socket {
    constructor(options: net.SocketConstructorOpts = {}) {
      // It reads once it is connected, not before.
      super({ ...options, handle: new Handle(0), manualStart: true } as net.SocketConstructorOpts);
      remember(this);
    }
  }

  class Server extends net.Server {
    override listen(...given: unknown[]): this {
      const last = given.at(-1);
      if (typeof last === 'function') this.once('listening', last as () => void);
      const { port = 0, host = '0.0.0.0', backlog = 511 } = listenOptions(given);
      const handle = new Handle(1);
      const status = handle.bind(host, port);
      if (status !== 0) {
        process.nextTick(() => this.emit('error', systemError(status, 'listen', host, port)));
        return this;
      }
      remember(this);
      this.on('connection', remember);
      const inside = this as unknown as ServerInside;
      inside._handle = handle;
      inside._listen2(host, port, 4, backlog);
      return this;
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

  const createServer = ((options?: net.ServerOpts, listener?: (socket: net.Socket) => void) =>
    new Server(options, listener)) as typeof net.createServer;

  return { connect, createConnection: connect, createServer, Socket: Socket as never, Server: Server as never };
}

/** An agent whose connections are the stack's: `http.get({ agent, host, port })`. */
export function agentOver({ connect }: ScenarioNet, options: http.AgentOptions = {}): http.Agent {
  const agent = new http.Agent(options);
  agent.createConnection = ((to: net.NetConnectOpts) => connect(to)) as typeof agent.createConnection;
  return agent;
}

function listenOptions(given: readonly unknown[]): { port?: number; host?: string; backlog?: number } {
  const [first, second, third] = given;
  if (typeof first === 'object' && first !== null) return first;
  const host = typeof second === 'string' ? second : undefined;
  const backlog = [second, third].find((each) => typeof each === 'number') as number | undefined;
  return { port: typeof first === 'function' ? undefined : Number(first ?? 0), host, backlog };
}

function systemError(status: number, syscall: string, address: string, port: number): Error {
  const code = getSystemErrorName(status);
  const error = new Error(`${syscall} ${code}: ${address}:${port}`);
  return Object.assign(error, { code, errno: status, syscall, address, port });
}
