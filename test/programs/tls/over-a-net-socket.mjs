// TLS over a connected and over a connecting net.Socket uses that socket for its own.
import { once } from 'node:events';
import { connect as connectNet } from 'node:net';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(identity, (socket) => socket.pipe(socket));
const port = await listening(server);
for (const when of ['connected', 'connecting']) {
  const below = connectNet(port, '127.0.0.1');
  below.on('close', () => console.log(when, 'below closed'));
  if (when === 'connected') await once(below, 'connect');
  const socket = connect({ socket: below, ca, servername: 'localhost' });
  console.log(socket.connecting, socket.remoteAddress === below.remoteAddress);
  await once(socket, 'secureConnect');
  console.log(
    socket.authorized,
    socket.remoteAddress,
    socket.remotePort === port,
    socket.localPort === below.localPort,
  );
  let heard = '';
  socket.on('data', (data) => (heard += data));
  socket.end('through the other');
  const gone = closed(socket);
  await once(socket, 'end');
  await gone;
  console.log(heard, below.destroyed, socket.destroyed);
}
server.close();
