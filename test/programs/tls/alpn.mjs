// ALPN agrees on a protocol, ALPNCallback chooses it, and no common one ends the handshake.
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
async function ask(name, options, offered) {
  const server = createServer({ ...identity, ...options });
  server.on('tlsClientError', (error) => told(name, offered, error.code));
  server.on('secureConnection', (socket) => {
    told(name, offered, socket.alpnProtocol);
    socket.end();
  });
  const port = await listening(server);
  const socket = connect({ port, ca, host: '127.0.0.1', ALPNProtocols: offered });
  socket.on('secureConnect', () => client(name, offered, socket.alpnProtocol));
  socket.on('error', (error) => client(name, offered, error.code));
  socket.resume();
  await closed(socket);
  server.close();
}
for (const offered of [['a', 'b'], ['b', 'a'], ['c'], undefined]) {
  await ask('list', { ALPNProtocols: ['b', 'a'] }, offered);
  await ask('none', {}, offered);
  await ask(
    'callback',
    {
      ALPNCallback: ({ servername, protocols }) => {
        told(servername, protocols);
        return protocols.find((each) => each === 'a');
      },
    },
    offered,
  );
}
