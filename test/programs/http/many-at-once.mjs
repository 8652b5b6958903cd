// Two hundred requests at once get two hundred right answers.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(async (req, res) => {
  const body = await text(req);
  setTimeout(() => res.end(`${req.url} ${body.length}`), body.length % 7);
});
const port = await listening(server);
const all = Array.from({ length: 200 }, async (_, n) => {
  const req = request({ port, host: '127.0.0.1', method: 'PUT', path: `/${n}`, agent: false });
  req.end('x'.repeat(n * 37));
  const [res] = await once(req, 'response');
  return (await text(res)) === `/${n} ${n * 37}`;
});
const right = await Promise.all(all);
console.log(right.length, right.every(Boolean));
server.close(() => console.log('closed'));
