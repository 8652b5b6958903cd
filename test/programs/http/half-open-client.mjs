// A client that ends its side after the request still gets its answer.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) => {
  res.sendDate = false;
  req.resume().on('end', () => setTimeout(() => res.end('a late answer'), 30));
  res.on('close', () => console.log('closed', res.writableFinished));
});
const port = await listening(server);
const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
socket.end('POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc');
console.log(await text(socket));
server.close();
