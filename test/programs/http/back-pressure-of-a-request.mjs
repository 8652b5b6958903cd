// A client that writes faster than its server reads is told so, and 'drain' brings it to its end.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

let read;
const mayRead = new Promise((resolve) => (read = resolve));
const server = createServer(async (req, res) => {
  await mayRead;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const data of req) {
    hash.update(data);
    bytes += data.length;
  }
  res.end(`${bytes} ${hash.digest('hex')}`);
});
const port = await listening(server);
const req = request({ port, host: '127.0.0.1', method: 'POST' });
const chunk = Buffer.alloc(100_000, 'nopqrstuvwxyz');
let stuck = false;
for (let i = 0; i < 200; i++) {
  if (req.write(chunk)) continue;
  const drain = once(req, 'drain');
  if (!stuck) {
    const first = await Promise.race([drain, new Promise((resolve) => setTimeout(resolve, 100, 'stuck'))]);
    if (first !== 'stuck') continue;
    stuck = true;
    read();
  }
  await drain;
}
read();
req.end();
const [res] = await once(req, 'response');
console.log(await text(res), 'stuck', stuck);
server.close();
