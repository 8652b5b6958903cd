// HTTP/1.0 clients are answered until close or, if they ask so, kept alive.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) => {
  res.sendDate = false;
  res.write(`${req.httpVersion} `);
  res.end(req.url);
});
const port = await listening(server);
console.log(await exchange(port, 'GET /close HTTP/1.0\r\n\r\n'));
console.log(await exchange(port, 'GET /keep HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'));
const socket = connect(port, '127.0.0.1');
socket.setEncoding('latin1');
server.removeAllListeners('request').on('request', (req, res) => {
  res.sendDate = false;
  res.setHeader('Content-Length', req.url.length);
  res.shouldKeepAlive = true;
  res.end(req.url);
});
for (const path of ['/1', '/2']) {
  socket.write(`GET ${path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`);
  console.log((await once(socket, 'data'))[0]);
  if (socket.readableEnded || socket.destroyed) break;
}
socket.destroy();
server.close();
