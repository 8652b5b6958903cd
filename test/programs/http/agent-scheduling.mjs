// The next request takes the newest free socket under 'lifo' and the oldest under 'fifo'.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const held = new Map();
const server = createServer((req, res) => {
  if (req.url.startsWith('/hold')) held.set(req.url, res);
  else res.end();
  if (held.size === 3 && req.url.startsWith('/hold')) server.emit('all');
});
const port = await listening(server);
for (const scheduling of ['lifo', 'fifo']) {
  held.clear();
  const agent = new Agent({ keepAlive: true, scheduling });
  const names = new Map();
  const ask = (path) => get({ port, agent, path, host: '127.0.0.1' });
  const requests = ['/hold/a', '/hold/b', '/hold/c'].map(ask);
  for (const req of requests) req.on('socket', (socket) => names.set(socket, req.path.at(-1)));
  await once(server, 'all');
  for (const req of requests) {
    const free = once(agent, 'free');
    held.get(req.path).end();
    const [res] = await once(req, 'response');
    await text(res);
    await free;
  }
  await new Promise(setImmediate);
  const next = ask('/next');
  const [res] = await once(next, 'response');
  console.log(scheduling, names.get(next.socket));
  await text(res);
  agent.destroy();
}
server.close();
