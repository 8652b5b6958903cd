// A server that writes faster than its client reads is told so, and 'drain' brings it to its end.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { listening } from '../fixtures/listening.mjs';

const chunk = Buffer.alloc(100_000, 'abcdefghijklm');
const total = 200;
let stuck = false;
let drained = false;
const server = createServer(async (_req, res) => {
  for (let i = 0; i < total; i++) {
    if (!res.write(chunk)) {
      if (!stuck) server.emit('stuck');
      stuck = true;
      await once(res, 'drain');
      drained = true;
    }
  }
  res.end();
});
const port = await listening(server);
const req = get({ port, host: '127.0.0.1' });
const [res] = await once(req, 'response');
if (!stuck) await once(server, 'stuck');
await new Promise((resolve) => setTimeout(resolve, 50));
const hash = createHash('sha256');
let bytes = 0;
for await (const data of res) {
  hash.update(data);
  bytes += data.length;
}
console.log(bytes, hash.digest('hex'), 'stuck', stuck, 'drained', drained);
server.close();
