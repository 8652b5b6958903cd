// Each way in which a certificate does not convince has its code, and nothing of the client's text arrives.
import { connect, createServer } from 'node:tls';
import { alpha, ca, expired, server as identity, otherCa, stranger } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
for (const version of ['TLSv1.2', 'TLSv1.3']) {
  for (const [name, given, options] of [
    ['no authority', identity, {}],
    ['the other authority', stranger, { ca }],
    ['right authority', stranger, { ca: otherCa }],
    ['expired', expired, { ca }],
    ['name', alpha, { ca }],
    ['nevertheless', alpha, { ca, rejectUnauthorized: false }],
  ]) {
    let heard = '';
    const server = createServer({ ...given, maxVersion: version });
    server.on('tlsClientError', (error) => told(name, error.code));
    const ends = new Promise((resolve) => {
      server.on('connection', (socket) => socket.on('close', resolve));
    });
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => (heard += data));
    });
    const port = await listening(server);
    const socket = connect({ port, host: '127.0.0.1', ...options });
    socket.on('error', (error) => client(version, name, error.code, error.message.slice(0, 70)));
    socket.on('secureConnect', () => client(version, name, socket.authorized, String(socket.authorizationError)));
    const gone = closed(socket);
    socket.end('a secret');
    await gone;
    await ends;
    told(version, name, JSON.stringify(heard));
    server.close();
  }
}
