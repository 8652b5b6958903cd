// A request that comes byte by byte is the same request.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(async (req, res) => {
  res.sendDate = false;
  res.end(JSON.stringify([req.method, req.url, req.headers, await text(req), req.trailers]));
});
const port = await listening(server);
const socket = connect({ port, host: '127.0.0.1', noDelay: true });
await once(socket, 'connect');
const whole =
  'POST /slow?x HTTP/1.1\r\nHost: here\r\nX-Long: some value\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n' +
  '5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n';
for (const byte of whole) await new Promise((resolve) => socket.write(byte, resolve));
console.log(await text(socket));
server.close();
