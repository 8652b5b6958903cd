// Sockets above maxFreeSockets are closed when their answer is through.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

let closed = 0;
const pending = [];
const server = createServer((_req, res) => {
  pending.push(res);
  if (pending.length === 4) for (const each of pending) each.end('ok');
});
server.on('connection', (socket) => socket.on('close', () => closed++));
const port = await listening(server);
const agent = new Agent({ keepAlive: true, maxFreeSockets: 1 });
const all = [1, 2, 3, 4].map(async () => text((await once(get({ port, agent, host: '127.0.0.1' }), 'response'))[0]));
console.log(await Promise.all(all));
while (closed < 3) await new Promise((resolve) => setTimeout(resolve, 5));
console.log(
  'free',
  Object.values(agent.freeSockets).map((each) => each.length),
  'closed',
  closed,
);
agent.destroy();
while (closed < 4) await new Promise((resolve) => setTimeout(resolve, 5));
console.log('closed', closed);
server.close();
