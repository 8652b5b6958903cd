// After maxRequestsPerSocket the answer says close, and a request beyond it is dropped with 503.
import { createServer } from 'node:http';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) => {
  res.sendDate = false;
  res.end(req.url);
});
server.maxRequestsPerSocket = 2;
server.on('dropRequest', (req, socket) => console.log('dropped', req.url, socket.writable));
const port = await listening(server);
const ask = (path) => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`;
console.log((await exchange(port, ask('/1') + ask('/2') + ask('/3') + ask('/4'))).replaceAll(/^Date.*\r\n/gm, ''));
server.close();
