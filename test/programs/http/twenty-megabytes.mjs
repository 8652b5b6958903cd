// Twenty megabytes go there and back through a pipeline, with and without a length.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { listening } from '../fixtures/listening.mjs';

const size = 20 << 20;
const body = Buffer.alloc(size);
for (let i = 0; i < size; i += 4) body.writeUInt32LE((i * 2654435761) >>> 0, i);
console.log('sent', createHash('sha256').update(body).digest('hex'));
const server = createServer((req, res) => {
  if (req.headers['content-length']) res.setHeader('Content-Length', req.headers['content-length']);
  pipeline(req, res).catch((error) => console.log(error.code));
});
const port = await listening(server);
for (const headers of [{}, { 'Content-Length': size }]) {
  const req = request({ port, headers, host: '127.0.0.1', method: 'POST' });
  req.end(body);
  const [res] = await once(req, 'response');
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const data of res) {
    bytes += data.length;
    hash.update(data);
  }
  console.log(bytes, hash.digest('hex'), res.headers['content-length'], res.headers['transfer-encoding']);
}
server.close();
