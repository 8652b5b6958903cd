// A kept TLS connection is used again for the same options and not for others.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:https';
import { text } from 'node:stream/consumers';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

let connections = 0;
const server = createServer(identity, (req, res) => res.end(`${req.socket.servername}`));
server.on('secureConnection', () => connections++);
const port = await listening(server);
const agent = new Agent({ keepAlive: true });
for (const options of [
  { ca },
  { ca },
  { ca, servername: 'localhost' },
  { ca, servername: 'localhost' },
  { rejectUnauthorized: false },
  { ca },
]) {
  const req = get({ port, agent, host: '127.0.0.1', ...options });
  const [res] = await once(req, 'response');
  console.log(req.reusedSocket, await text(res), req.socket?.authorized, connections);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
console.log(Object.keys(agent.freeSockets).length);
agent.destroy();
server.close();
