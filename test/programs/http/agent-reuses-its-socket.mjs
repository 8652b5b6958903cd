// A keep-alive agent sends request after request on one socket.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

let connections = 0;
const server = createServer((req, res) => res.end(`${req.url} on ${req.socket.serial}`));
server.on('connection', (socket) => (socket.serial = ++connections));
const port = await listening(server);
const agent = new Agent({ keepAlive: true });
let first;
for (const path of ['/1', '/2', '/3']) {
  const req = get({ port, path, agent, host: '127.0.0.1' });
  const [res] = await once(req, 'response');
  first ??= req.socket.localPort;
  const free = once(agent, 'free');
  console.log(await text(res), 'reused', req.reusedSocket, 'same port', req.socket?.localPort === first);
  await free;
  await new Promise(setImmediate);
  const [name] = Object.keys(agent.freeSockets);
  console.log('busy', Object.keys(agent.sockets).length, 'free', agent.freeSockets[name]?.length);
}
const without = get({ port, agent: false, host: '127.0.0.1', path: '/4' });
const [last] = await once(without, 'response');
console.log(await text(last), without.reusedSocket, last.headers.connection);
agent.destroy();
server.close(() => console.log('closed after', connections));
