// Each way of ending a response puts its own framing on the wire.
import { createServer } from 'node:http';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

const ways = {
  '/end-only': (res) => res.end('body'),
  '/write-then-end': (res) => {
    res.write('one');
    res.end('two');
  },
  '/empty': (res) => res.end(),
  '/length': (res) => {
    res.setHeader('Content-Length', 6);
    res.write('abc');
    res.end('def');
  },
  '/identity': (res) => {
    res.removeHeader('Transfer-Encoding');
    res.useChunkedEncodingByDefault = false;
    res.write('until ');
    res.end('close');
  },
  '/204': (res) => res.writeHead(204).end('dropped'),
  '/304': (res) => res.writeHead(304, { ETag: '"x"' }).end('dropped'),
  '/buffer': (res) => res.end(Buffer.from([0x68, 0x69, 0xe9])),
};
const server = createServer((req, res) => {
  res.sendDate = false;
  res.shouldKeepAlive = false;
  ways[req.url](res);
});
const port = await listening(server);
for (const path of Object.keys(ways)) {
  for (const method of ['GET', 'HEAD']) {
    const raw = await exchange(port, `${method} ${path} HTTP/1.1\r\nHost: here\r\n\r\n`);
    console.log(method, path, JSON.stringify(raw));
  }
}
server.close();
