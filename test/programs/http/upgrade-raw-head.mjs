// A server that upgrades gets the bytes that a client sent before it was asked to.
import { createServer } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) => {
  res.sendDate = false;
  res.setHeader('Connection', 'close');
  res.end(`plain ${req.headers.upgrade}`);
});
const port = await listening(server);
const ask = 'GET / HTTP/1.1\r\nHost: here\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n';
console.log(await exchange(port, ask));
server.on('upgrade', (_req, socket, head) => {
  console.log('head', head.length, String(head.subarray(0, 5)));
  socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${head}`);
});
console.log(await exchange(port, `${ask}early bytes`));
server.close();
await closed(server);
