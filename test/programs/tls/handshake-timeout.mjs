// A client that says nothing is cut after handshakeTimeout, and one that shakes hands is not.
import { once } from 'node:events';
import { connect as connectNet } from 'node:net';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer({ ...identity, handshakeTimeout: 300 }, (socket) => socket.pipe(socket));
server.on('tlsClientError', (error, socket) => {
  console.log(error.code, error.message, socket.constructor.name);
  socket.destroy();
});
const port = await listening(server);
const good = connect({ port, ca, host: '127.0.0.1' });
await once(good, 'secureConnect');
const silent = connectNet(port, '127.0.0.1').resume();
await closed(silent);
good.end('still there');
console.log(String((await once(good, 'data'))[0]));
server.close();
