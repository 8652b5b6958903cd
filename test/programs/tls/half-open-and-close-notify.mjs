// One side's end leaves the other's open where it may, in both versions.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
for (const version of ['TLSv1.2', 'TLSv1.3']) {
  const server = createServer({ ...identity, allowHalfOpen: true, maxVersion: version }, (socket) => {
    let heard = '';
    socket.on('data', (data) => (heard += data));
    socket.on('end', () => {
      told(version, 'end after', heard, socket.writable);
      setTimeout(() => socket.end('a late answer'), 20);
    });
    socket.on('close', (failed) => told(version, 'close', failed));
  });
  const port = await listening(server);
  for (const allowHalfOpen of [true, false]) {
    const socket = connect({ port, ca, host: '127.0.0.1', allowHalfOpen });
    socket.end('the question');
    const gone = closed(socket);
    let heard = '';
    socket.on('data', (data) => (heard += data));
    await once(socket, 'end');
    client(version, allowHalfOpen, heard, socket.writableEnded);
    await gone;
  }
  server.close();
}
