// A client that ends its side in the middle of a request is a 'clientError'.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req) => {
  req.on('error', (error) => console.log('request', error.code));
  req.on('close', () => console.log('request close', req.complete));
});
server.on('clientError', (error, socket) => {
  console.log(error.code, error.message, error.bytesParsed);
  socket.end('HTTP/1.1 400 Mine\r\n\r\n');
});
const port = await listening(server);
for (const part of [
  'GET / HT',
  'POST / HTTP/1.1\r\nHost: here\r\n',
  'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nabc',
]) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(part);
  console.log(JSON.stringify(await text(socket)));
}
server.close();
