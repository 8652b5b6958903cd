import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type net from 'node:net';
import tls from 'node:tls';
import type { Scenario } from '@netwright/node/testing';

/** What came of it: an error's code, or how many bytes there were in the answer. */
export interface Outcome {
  readonly code: string | null;
  readonly bytes: number;
  readonly error?: NodeJS.ErrnoException;
}

/** A program that asks a server of its protocol on the peer, which answers with as many bytes as it was sent. */
export interface Client {
  readonly name: string;
  /** Puts the server on the peer. */
  serve(scenario: Scenario): Promise<void>;
  /** Sends `bytes` bytes and waits for the answer; `connected` is called when there is a connection. */
  ask(scenario: Scenario, bytes: number, connected?: () => void): Promise<Outcome>;
}

export const PORT = 443;

const certificates = (await import(`${new URL('../../../programs/fixtures/certificates.mjs', import.meta.url)}`)) as {
  ca: Buffer;
  server: { key: Buffer; cert: Buffer };
};
const trust = { ca: certificates.ca, servername: 'localhost' };

/** Listens on the peer and gives each connection to a server of Node's own. */
function stand(scenario: Scenario, server: { emit(event: 'connection', socket: net.Socket): boolean }): Promise<void> {
  return new Promise((resolve) => {
    scenario.peerNet
      .createServer((socket) => {
        socket.on('error', () => {});
        server.emit('connection', socket);
      })
      .listen(PORT, resolve);
  });
}

/** HTTP/2 wraps what befell its session. */
function failed(error: NodeJS.ErrnoException & { cause?: unknown }): Outcome {
  const reason = error.cause instanceof Error ? (error.cause as NodeJS.ErrnoException) : error;
  return { code: reason.code ?? reason.message, bytes: 0, error: reason };
}

function mirror(request: http.IncomingMessage, response: http.ServerResponse): void {
  let bytes = 0;
  request.on('data', (piece: Buffer) => {
    bytes += piece.length;
  });
  request.on('end', () => response.end(Buffer.alloc(bytes)));
}

function exchange(request: http.ClientRequest, bytes: number, connected?: () => void): Promise<Outcome> {
  return new Promise((resolve) => {
    request.on('socket', (socket) => socket.once('connect', () => connected?.()));
    request.on('error', (error) => resolve(failed(error)));
    request.on('response', (response) => {
      let got = 0;
      response.on('data', (piece: Buffer) => {
        got += piece.length;
      });
      response.on('error', (error) => resolve(failed(error)));
      response.on('end', () => resolve({ code: null, bytes: got }));
    });
    request.end(Buffer.alloc(bytes));
  });
}

const overNet: Client = {
  name: 'net',
  async serve({ peer }) {
    peer.listen(PORT);
  },
  ask({ net, peer }, bytes, connected) {
    return new Promise((resolve) => {
      const socket = net.connect(PORT, peer.address, connected);
      let got = 0;
      socket.on('data', (piece) => {
        got += piece.length;
        if (got >= bytes) socket.end();
      });
      socket.on('error', (error) => resolve(failed(error)));
      socket.on('close', () => resolve({ code: null, bytes: got }));
      socket.write(Buffer.alloc(bytes));
    });
  },
};

const overHttp: Client = {
  name: 'http',
  serve: (scenario) => stand(scenario, http.createServer(mirror)),
  ask({ agent, peer }, bytes, connected) {
    const request = http.request({ agent, host: peer.address, port: PORT, method: 'POST' });
    return exchange(request, bytes, connected);
  },
};

const overHttps: Client = {
  name: 'https',
  serve: (scenario) => stand(scenario, https.createServer(certificates.server, mirror)),
  ask({ net, peer }, bytes, connected) {
    const createConnection = () => {
      const socket = net.connect(PORT, peer.address, connected);
      return tls.connect({ socket, ...trust });
    };
    const request = https.request({ createConnection, host: 'localhost', method: 'POST' });
    return exchange(request, bytes);
  },
};

const overHttp2: Client = {
  name: 'http2',
  serve(scenario) {
    const server = http2.createSecureServer(certificates.server);
    server.on('sessionError', () => {});
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      stream.respond();
      stream.pipe(stream);
    });
    return stand(scenario, server);
  },
  ask({ net, peer }, bytes, connected) {
    return new Promise((resolve) => {
      const socket = net.connect(PORT, peer.address, connected);
      const session = http2.connect('https://localhost', {
        createConnection: () => tls.connect({ socket, ...trust, ALPNProtocols: ['h2'] }),
      });
      let broken: Outcome | null = null;
      session.on('error', (error) => {
        broken = failed(error);
        resolve(broken);
      });
      const stream = session.request({ ':method': 'POST' });
      let got = 0;
      stream.on('data', (piece: Buffer) => {
        got += piece.length;
      });
      stream.on('error', (error) => resolve(failed(error)));
      stream.on('close', () => {
        session.close();
        // A stream may close before its session tells why.
        setImmediate(() => resolve(broken ?? { code: null, bytes: got }));
      });
      stream.end(Buffer.alloc(bytes));
    });
  },
};

export const clients: readonly Client[] = [overNet, overHttp, overHttps, overHttp2];
