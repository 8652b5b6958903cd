// The server shows each name its own certificate, and addContext and setSecureContext change what it shows.
import { once } from 'node:events';
import { createServer, get } from 'node:https';
import { text } from 'node:stream/consumers';
import { alpha, beta, ca, server as identity, wild } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(identity, (req, res) => res.end(String(req.socket.servername)));
server.addContext('alpha.example', alpha);
server.addContext('*.wild.example', wild);
const port = await listening(server);
async function ask(servername) {
  const req = get({ port, ca, host: '127.0.0.1', servername, agent: false });
  try {
    const [res] = await once(req, 'response');
    console.log(servername, req.socket.getPeerCertificate().subject.CN, await text(res));
  } catch (error) {
    console.log(servername, error.code, error.reason, error.host, error.cert.subject.CN);
  }
}
for (const name of ['localhost', 'alpha.example', 'a.wild.example', 'a.b.wild.example', 'beta.example'])
  await ask(name);
server.setSecureContext(beta);
for (const name of ['localhost', 'beta.example']) await ask(name);
server.close();
