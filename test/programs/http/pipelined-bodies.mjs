// The bodies of pipelined posts are kept apart, however the segments fall.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(async (req, res) => {
  res.sendDate = false;
  const body = await text(req);
  res.end(`[${req.url} ${body.length} ${body.slice(0, 10)}]`);
});
const port = await listening(server);
const post = (path, body, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: here\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (path, ...chunks) =>
  `POST ${path} HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n` +
  `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;
const whole =
  post('/1', 'abc') +
  chunked('/2', 'x'.repeat(5000), 'yz') +
  post('/3', '') +
  post('/4', 'end', 'Connection: close\r\n');
const pieces = whole.match(/[\s\S]{1,997}/g);
const answers = await exchange(port, ...pieces);
console.log(answers.match(/\[.*?\]/g));
server.close();
