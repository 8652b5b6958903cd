// A connection closed without an answer is ECONNRESET 'socket hang up', whether by FIN or by reset.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const ways = {
  end: (socket) => socket.end(),
  destroy: (socket) => socket.destroy(),
  reset: (socket) => socket.resetAndDestroy(),
};
const server = createServer((req) => ways[req.url.slice(1)](req.socket));
const port = await listening(server);
for (const way of Object.keys(ways)) {
  const req = get({ port, host: '127.0.0.1', path: `/${way}` });
  const events = [];
  for (const event of ['response', 'error', 'close']) req.on(event, (value) => events.push(value?.code ?? event));
  const [error] = await once(req, 'error');
  if (!req.closed) await closed(req);
  console.log(way, error.code, error.syscall, error.message.replace(/:\d+/g, ':PORT'), events.join());
}
server.close();
