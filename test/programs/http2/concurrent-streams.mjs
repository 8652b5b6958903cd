// Streams above the peer's maxConcurrentStreams wait, and streams that it did not yet forbid are refused.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

let running = 0;
let most = 0;
const server = createServer({ settings: { maxConcurrentStreams: 2 } });
server.on('stream', (stream, headers) => {
  most = Math.max(most, ++running);
  stream.on('close', () => running--);
  setTimeout(() => {
    stream.respond();
    stream.end(headers[':path']);
  }, 10);
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
await once(client, 'remoteSettings');
const streams = Array.from({ length: 7 }, (_, n) => client.request({ ':path': `/${n}` }));
console.log(streams.map((stream) => stream.pending));
console.log(await Promise.all(streams.map((stream) => text(stream))), 'most', most);
client.close();
server.close();
