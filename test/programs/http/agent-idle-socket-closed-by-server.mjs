// A free socket that the server closes is forgotten by the agent, and the next request connects anew.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const sockets = [];
const server = createServer((_req, res) => res.end(`connection ${sockets.length}`));
server.on('connection', (socket) => sockets.push(socket));
const port = await listening(server);
const agent = new Agent({ keepAlive: true });
for (let n = 0; n < 3; n++) {
  const req = get({ port, agent, host: '127.0.0.1' });
  const [res] = await once(req, 'response');
  const socket = req.socket;
  console.log(await text(res), req.reusedSocket);
  sockets.at(-1).end();
  await closed(socket);
  console.log('free', Object.keys(agent.freeSockets).length, 'destroyed', socket.destroyed);
}
server.close(() => console.log('server closed'));
