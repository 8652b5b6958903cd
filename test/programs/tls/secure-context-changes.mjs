// New connections see a changed context and old ones do not.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { beta, ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(identity, (socket) => socket.pipe(socket));
const port = await listening(server);
const open = async () => {
  const socket = connect({ port, ca, host: '127.0.0.1', checkServerIdentity: () => undefined });
  await once(socket, 'secureConnect');
  return socket;
};
const before = await open();
server.setSecureContext(beta);
const after = await open();
for (const socket of [before, after]) {
  socket.end('echo');
  const name = socket.getPeerCertificate().subject.CN;
  console.log(name, String((await once(socket, 'data'))[0]));
}
server.close();
