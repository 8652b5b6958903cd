// A TLS server serves connections that another server accepted, and a TLSSocket over a handed socket, too.
import { once } from 'node:events';
import { createServer as createNetServer } from 'node:net';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const secure = createServer(identity, (socket) => {
  console.log(socket.remoteAddress, socket.server === secure);
  socket.end('handed over');
});
const front = createNetServer({ pauseOnConnect: true }, (socket) =>
  setTimeout(() => secure.emit('connection', socket), 20),
);
const socket = connect({ port: await listening(front), ca, host: '127.0.0.1' });
console.log(String((await once(socket, 'data'))[0]), socket.authorized);
front.close();
