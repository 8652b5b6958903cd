// A body streams both ways, piece by piece, and can be teed.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) => req.pipe(res));
const url = `http://127.0.0.1:${await listening(server)}/`;
let sent = 0;
const body = new ReadableStream({
  pull(controller) {
    if (sent === 100) return controller.close();
    controller.enqueue(Buffer.alloc(30_000, sent++));
  },
});
const response = await fetch(url, { method: 'POST', body, duplex: 'half' });
const [one, two] = response.body.tee();
const digest = async (stream) => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const data of stream) {
    bytes += data.length;
    hash.update(data);
  }
  return `${bytes} ${hash.digest('hex')}`;
};
console.log(await Promise.all([digest(one), digest(two)]), response.bodyUsed);
server.close();
