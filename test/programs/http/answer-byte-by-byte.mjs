// An answer that comes byte by byte is the same answer.
import { once } from 'node:events';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const answer =
  'HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\nHTTP/1.1 203 Some Reason\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-A: 1\r\nX-A: 2\r\n' +
  'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n00a\r\n0123456789\r\n0\r\nX-T: end\r\n\r\n';
const server = createServer({ noDelay: true }, (socket) => {
  socket.once('data', async () => {
    for (const byte of answer) await new Promise((resolve) => socket.write(byte, resolve));
    socket.end();
  });
});
const port = await listening(server);
const req = get({ port, host: '127.0.0.1' });
req.on('information', ({ statusCode, headers }) => console.log(statusCode, headers));
const [res] = await once(req, 'response');
console.log(res.statusCode, res.statusMessage, res.headers, await text(res), res.trailers, res.complete);
server.close();
