// Two hundred streams share one session, and each gets its own answer whatever the order.
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

let sessions = 0;
const server = createServer();
server.on('session', () => sessions++);
server.on('stream', (stream, headers) => {
  const n = Number(headers[':path'].slice(1));
  setTimeout(() => {
    stream.respond();
    stream.end(`${n};`.repeat(n));
  }, n % 5);
});
const client = connect(`http://127.0.0.1:${await listening(server)}`, { peerMaxConcurrentStreams: 1000 });
const answers = await Promise.all(
  Array.from({ length: 200 }, async (_, n) => (await text(client.request({ ':path': `/${n}` }))) === `${n};`.repeat(n)),
);
console.log(answers.length, answers.every(Boolean), sessions);
client.close(() => server.close());
