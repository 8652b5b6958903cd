// Leaving in the middle of a handshake is ECONNRESET at the other side and nothing at one's own.
import { connect as connectNet, createServer as createNetServer } from 'node:net';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer(identity, () => told('secure?'));
let failed;
server.on('tlsClientError', (error, socket) => {
  told(error.code, error.message, socket.destroyed);
  failed();
});
const port = await listening(server);
const ways = {
  'before hello': () =>
    connectNet(port, '127.0.0.1', function () {
      this.end();
    }),
  'after part of a hello': () =>
    connectNet(port, '127.0.0.1', function () {
      this.end(Buffer.from('160301020001', 'hex'));
    }),
  'after connect': () =>
    connect({ port, ca, host: '127.0.0.1' }).on('connect', function () {
      this.destroy();
    }),
  'with an error': () =>
    connect({ port, ca, host: '127.0.0.1' }).on('connect', function () {
      this.destroy(new Error('mine'));
    }),
};
for (const [name, way] of Object.entries(ways)) {
  const told = new Promise((resolve) => (failed = resolve));
  const socket = way().resume();
  socket.on('error', (error) => client(name, error.message));
  await Promise.all([told, closed(socket)]);
  client(name, 'closed');
}
server.close();

const deaf = createNetServer((socket) =>
  socket.on('error', () => {}).once('data', () => (deaf.leave ? socket.destroy() : socket.end())),
);
const there = await listening(deaf);
for (const leave of [false, true]) {
  deaf.leave = leave;
  const socket = connect({ port: there, ca, host: '127.0.0.1' });
  socket.on('error', ({ code, message, host, localAddress }) => client(leave, code, message, host, localAddress));
  await closed(socket);
}
deaf.close();
