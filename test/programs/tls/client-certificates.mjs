// The server sees its client's certificate or refuses it, in both versions.
import { connect, createServer } from 'node:tls';
import { ca, server as identity, client as known, stranger } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
for (const version of ['TLSv1.2', 'TLSv1.3']) {
  for (const rejectUnauthorized of [false, true]) {
    for (const [name, certificate] of [
      ['known', known],
      ['stranger', stranger],
      ['none', {}],
    ]) {
      const server = createServer({ ...identity, ca, requestCert: true, rejectUnauthorized, maxVersion: version });
      server.on('tlsClientError', (error) => told(version, rejectUnauthorized, name, error.code));
      server.on('secureConnection', (socket) => {
        const subject = socket.getPeerCertificate().subject;
        told(version, rejectUnauthorized, name, socket.authorized, String(socket.authorizationError), subject?.CN);
        socket.end('welcome');
      });
      const port = await listening(server);
      const socket = connect({ port, ca, host: '127.0.0.1', ...certificate });
      socket.on('error', (error) => client(version, rejectUnauthorized, name, error.code));
      socket.on('data', (data) => client(version, rejectUnauthorized, name, String(data)));
      await closed(socket);
      server.close();
    }
  }
}
