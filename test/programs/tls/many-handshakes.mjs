// A hundred handshakes at once all succeed, each with its own text.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer({ ...identity, allowHalfOpen: true }, (socket) => {
  let heard = '';
  socket.on('data', (data) => (heard += data));
  socket.on('end', () => socket.end(`${heard}!`));
});
const port = await listening(server);
const answers = await Promise.all(
  Array.from({ length: 100 }, async (_, n) => {
    const socket = connect({ port, ca, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(`client ${n}`);
    await once(socket, 'secureConnect');
    return (await text(socket)) === `client ${n}!`;
  }),
);
console.log(answers.length, answers.every(Boolean));
server.close(() => console.log('closed'));
