// A client can renegotiate in TLS 1.2 until disableRenegotiation or too many ask, and never in 1.3.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

for (const [version, disable] of [
  ['TLSv1.2', false],
  ['TLSv1.2', true],
  ['TLSv1.3', false],
]) {
  const server = createServer({ ...identity, maxVersion: version }, (socket) => {
    if (disable) socket.disableRenegotiation();
    socket.on('error', (error) => console.log('server', error.code));
    socket.write('ready');
    socket.resume();
  });
  const port = await listening(server);
  const socket = connect({ port, ca, host: '127.0.0.1' });
  const gone = closed(socket);
  socket.on('error', (error) => console.log('client', error.code));
  await once(socket, 'data');
  const error = await new Promise((resolve) => {
    socket.on('close', () => resolve('closed'));
    try {
      socket.renegotiate({}, resolve);
    } catch (thrown) {
      resolve(thrown);
    }
  });
  console.log(version, disable, error === 'closed' ? error : (error?.code ?? error));
  socket.destroy();
  await gone;
  server.close();
}
