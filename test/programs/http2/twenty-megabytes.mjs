// Twenty megabytes go there and back on one stream, over plain text and TLS, beside a hundred small ones.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createSecureServer, createServer } from 'node:http2';
import { pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const body = Buffer.alloc(20 << 20);
for (let i = 0; i < body.length; i += 4) body.writeUInt32LE((i * 2654435761) >>> 0, i);
console.log('sent', createHash('sha256').update(body).digest('hex'));
for (const [scheme, server] of [
  ['http', createServer({ maxSessionMemory: 1000 })],
  ['https', createSecureServer({ ...identity, maxSessionMemory: 1000 })],
]) {
  server.on('stream', (stream) => {
    stream.respond();
    pipeline(stream, stream, () => {});
  });
  const client = connect(`${scheme}://127.0.0.1:${await listening(server)}`, { ca, maxSessionMemory: 1000 });
  const big = client.request({ ':method': 'POST' });
  big.end(body);
  const hash = createHash('sha256');
  big.on('data', (data) => hash.update(data));
  const small = Array.from({ length: 100 }, async (_, n) => {
    const stream = client.request({ ':method': 'POST' });
    stream.end(`${n}`);
    return (await text(stream)) === `${n}`;
  });
  await once(big, 'end');
  console.log(scheme, hash.digest('hex'), (await Promise.all(small)).every(Boolean));
  client.close();
  server.close();
}
