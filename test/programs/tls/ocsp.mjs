// A client that asks for OCSP gets the server's answer, none, or an error.
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
for (const answer of ['stapled', null, new Error('none today')]) {
  const server = createServer({ ...identity, maxVersion: 'TLSv1.2' }, (socket) => socket.end());
  server.on('OCSPRequest', (certificate, issuer, done) => {
    told(Buffer.isBuffer(certificate), issuer?.length > 0);
    setImmediate(() => (answer instanceof Error ? done(answer) : done(null, answer && Buffer.from(answer))));
  });
  server.on('tlsClientError', (error) => told(error.message));
  const port = await listening(server);
  for (const requestOCSP of [true, false]) {
    const socket = connect({ port, ca, host: '127.0.0.1', requestOCSP });
    socket.on('OCSPResponse', (response) => client(requestOCSP, response && String(response)));
    socket.on('secureConnect', () => client(requestOCSP, 'secure'));
    socket.on('error', (error) => client(requestOCSP, error.code));
    await closed(socket.resume());
  }
  server.close();
}
