// Three requests in one segment get their answers in order, although the handlers end in reverse.
import { createServer } from 'node:http';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

const finished = [];
const server = createServer((req, res) => {
  res.sendDate = false;
  const wait = { '/a': 40, '/b': 20, '/c': 0 }[req.url];
  setTimeout(() => {
    finished.push(req.url);
    res.end(`this is ${req.url}`);
  }, wait);
});
const port = await listening(server);
const ask = (path, more = '') => `GET ${path} HTTP/1.1\r\nHost: here\r\n${more}\r\n`;
console.log(await exchange(port, ask('/a') + ask('/b') + ask('/c', 'Connection: close\r\n')));
console.log('ended', finished.join());
server.close();
