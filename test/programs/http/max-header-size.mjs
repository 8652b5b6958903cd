// Headers above maxHeaderSize are 431 at the server and HPE_HEADER_OVERFLOW at the client.
import { createServer, get, maxHeaderSize } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { closed } from '../fixtures/closed.mjs';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

console.log(maxHeaderSize);
for (const limit of [undefined, 1024, 60000]) {
  const server = createServer({ maxHeaderSize: limit }, (_req, res) => {
    res.sendDate = false;
    res.setHeader('Connection', 'close');
    res.end('taken');
  });
  const port = await listening(server);
  for (const size of [500, 2000, 20000]) {
    const answer = await exchange(port, `GET / HTTP/1.1\r\nHost: here\r\nX-Big: ${'x'.repeat(size)}\r\n\r\n`).catch(
      (error) => error.code,
    );
    console.log('server', limit, size, answer.split('\r\n')[0]);
  }
  server.close();
}
const raw = createNetServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(2000)}\r\nContent-Length: 0\r\n\r\n`));
});
const port = await listening(raw);
for (const limit of [1000, 4000]) {
  const req = get({ port, host: '127.0.0.1', maxHeaderSize: limit });
  req.on('response', (res) => res.resume().on('end', () => console.log('client', limit, res.headers['x-big'].length)));
  req.on('error', (error) => console.log('client', limit, error.code));
  await closed(req);
}
raw.close();
