// A client that writes faster than its server reads is told so, and 'drain' brings it to its end.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(async (req, res) => {
  await once(server, 'read');
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
let stuck = 0;
for (let i = 0; i < 200; i++) {
  if (req.write(chunk)) continue;
  const drain = once(req, 'drain');
  if (stuck++ === 0) {
    const early = await Promise.race([drain, new Promise((resolve) => setTimeout(resolve, 50, 'not yet'))]);
    server.emit('read');
    if (early !== 'not yet') continue;
  }
  await drain;
}
server.emit('read');
req.end();
const [res] = await once(req, 'response');
console.log(await text(res), 'stuck', stuck > 0);
server.close();
