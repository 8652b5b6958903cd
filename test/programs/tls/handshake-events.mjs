// Both ends see their events in order and agree on protocol, cipher and finished messages.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
for (const version of ['TLSv1.2', 'TLSv1.3']) {
  const server = createServer({ ...identity, minVersion: version, maxVersion: version });
  server.on('connection', () => told(version, 'connection'));
  server.on('secureConnection', (socket) => {
    told(
      version,
      socket.getProtocol(),
      socket.getCipher().name,
      socket.encrypted,
      socket.authorized,
      socket.servername,
    );
    there = { finished: socket.getFinished(), peer: socket.getPeerFinished() };
    for (const event of ['end', 'finish', 'close']) socket.on(event, (...more) => told(version, event, ...more));
    socket.on('data', (data) => socket.end(`${data}!`));
  });
  let there;
  const port = await listening(server);
  const socket = connect({ port, ca, host: '127.0.0.1', servername: 'localhost' });
  for (const event of ['lookup', 'connect', 'ready', 'secureConnect', 'secure', 'end', 'finish', 'close']) {
    socket.on(event, () => client(version, event, socket.authorized, socket.secureConnecting));
  }
  socket.on('data', (data) => client(version, String(data)));
  await once(socket, 'secureConnect');
  client(socket.getProtocol(), socket.getCipher().name, socket.getEphemeralKeyInfo().name, socket.alpnProtocol);
  socket.write('hello');
  await closed(socket);
  client(socket.bytesRead > 0, there.finished.length > 0, there.peer.length > 0);
  server.close();
  await closed(server);
}
