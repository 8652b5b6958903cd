// HTTP/1 text, noise and silence at a plain-text server are errors of the session, and the next client is served.

import { connect, createServer } from 'node:http2';
import { connect as connectNet, createServer as createNetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer((_req, res) => res.end('served'));
server.on('sessionError', (error) => told(error.code, error.message));
const port = await listening(server);
for (const noise of [
  'GET / HTTP/1.1\r\nHost: here\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nand then nonsense that is no frame',
]) {
  const socket = connectNet(port, '127.0.0.1', () => socket.write(noise));
  socket.on('error', () => {});
  await closed(socket.resume());
}
const client = connect(`http://127.0.0.1:${port}`);
say(await text(client.request()));
client.close();
server.close();
const other = createNetServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
});
const confused = connect(`http://127.0.0.1:${await listening(other)}`);
confused.on('error', (error) => say(error.code, error.message));
const stream = confused.request();
stream.on('error', (error) => say('stream', error.code));
await closed(confused);
other.close();
