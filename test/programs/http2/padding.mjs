// Whatever the padding, the same bytes arrive.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, constants, createServer } from 'node:http2';
import { listening } from '../fixtures/listening.mjs';

const body = Buffer.from(Array.from({ length: 300_001 }, (_, n) => (n * 7) & 255));
const digest = (data) => createHash('sha256').update(data).digest('hex');
console.log(digest(body));
for (const paddingStrategy of [
  constants.PADDING_STRATEGY_NONE,
  constants.PADDING_STRATEGY_MAX,
  constants.PADDING_STRATEGY_ALIGNED,
]) {
  const server = createServer({ paddingStrategy });
  server.on('stream', (stream) => {
    stream.respond({ 'x-some': 'header' });
    stream.pipe(stream);
  });
  const client = connect(`http://127.0.0.1:${await listening(server)}`, { paddingStrategy });
  const stream = client.request({ ':method': 'POST' });
  stream.end(body);
  const parts = [];
  stream.on('data', (data) => parts.push(data));
  await once(stream, 'end');
  console.log(paddingStrategy, digest(Buffer.concat(parts)));
  client.close();
  server.close();
}
