// SNICallback chooses a context for each name, and its error ends the handshake.
import { connect, createSecureContext, createServer } from 'node:tls';
import { alpha, beta, ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const contexts = { 'alpha.example': createSecureContext(alpha), 'beta.example': createSecureContext(beta) };
const server = createServer({
  ...identity,
  SNICallback(name, done) {
    told('asked for', name);
    if (name === 'broken.example') done(new Error('not here'));
    else if (name === 'odd.example') done(null, {});
    else setTimeout(done, 2, null, contexts[name]);
  },
});
server.on('tlsClientError', (error) => told(error.code ?? error.message));
server.on('secureConnection', (socket) => {
  told('servername', socket.servername);
  socket.end();
});
const port = await listening(server);
for (const servername of ['alpha.example', 'beta.example', 'localhost', 'broken.example', 'odd.example', '']) {
  const socket = connect({ port, ca, host: '127.0.0.1', servername, checkServerIdentity: () => undefined });
  socket.on('secureConnect', () => client(servername, socket.getPeerCertificate().subject.CN, socket.servername));
  socket.on('error', (error) => client(servername, error.code));
  socket.resume();
  await closed(socket);
}
server.close();
