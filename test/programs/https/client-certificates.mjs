// A server that requests certificates knows its clients, and one that requires them refuses the others.
import { createServer, get } from 'node:https';
import { text } from 'node:stream/consumers';
import { ca, server as identity, client as known, stranger } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
for (const rejectUnauthorized of [false, true]) {
  const server = createServer({ ...identity, ca, requestCert: true, rejectUnauthorized }, (req, res) => {
    const { authorized, authorizationError } = req.socket;
    res.end(`${authorized} ${authorizationError} ${req.socket.getPeerCertificate().subject?.CN}`);
  });
  server.on('tlsClientError', (error) => told(error.code));
  const port = await listening(server);
  for (const [name, certificate] of [
    ['known', known],
    ['stranger', stranger],
    ['none', {}],
  ]) {
    const req = get({ port, ca, host: '127.0.0.1', agent: false, maxVersion: 'TLSv1.2', ...certificate });
    const gone = closed(req);
    req.on('response', async (res) => client(rejectUnauthorized, name, await text(res)));
    req.on('error', (error) => client(rejectUnauthorized, name, error.code));
    await gone;
  }
  server.close();
}
