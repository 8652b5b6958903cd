// Streams above maxSessionMemory are refused with ENHANCE_YOUR_CALM, and the others are served.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const big = Buffer.alloc(200_000, 'm');
const server = createServer({ maxSessionMemory: 1 });
let served = 0;
server.on('stream', (stream) => {
  served++;
  stream.on('error', () => {});
  stream.respond();
  stream.end(big);
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
await once(client, 'remoteSettings');
const streams = Array.from({ length: 60 }, () => client.request().pause());
const results = streams.map(async (stream) => {
  stream.on('error', () => {});
  const length = await text(stream).then(
    (body) => body.length,
    (error) => error.code,
  );
  return `${length} ${stream.rstCode}`;
});
const kinds = new Set(await Promise.all(results));
console.log([...kinds].sort(), served > 0);
client.close();
server.close();
