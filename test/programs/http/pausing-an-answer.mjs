// A paused answer gives nothing, and resumed it gives all of the rest in order.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(async (_req, res) => {
  for (let i = 0; i < 50; i++) {
    res.write(`${i};`.repeat(100));
    await new Promise(setImmediate);
  }
  res.end();
});
const port = await listening(server);
const [res] = await once(get({ port, host: '127.0.0.1' }), 'response');
res.setEncoding('utf8');
let all = '';
let whilePaused = 0;
res.on('data', (data) => {
  if (res.isPaused()) whilePaused++;
  all += data;
  res.pause();
  setTimeout(() => res.resume(), 1);
});
await once(res, 'end');
const expected = Array.from({ length: 50 }, (_, i) => `${i};`.repeat(100)).join('');
console.log(all === expected, 'while paused', whilePaused);
server.close();
