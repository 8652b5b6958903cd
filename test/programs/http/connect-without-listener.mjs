// CONNECT ends in a closed connection where one of the sides does not listen for it.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((_req, res) => res.end('never'));
const port = await listening(server);
console.log(
  JSON.stringify(await exchange(port, 'CONNECT far:1 HTTP/1.1\r\nHost: far\r\n\r\n').catch((error) => error.code)),
);
const req = request({ port, host: '127.0.0.1', method: 'CONNECT', path: 'far:1' }).end();
console.log((await once(req, 'error'))[0].message);

server.on('connect', (_req, socket) => {
  socket.on('error', () => {});
  socket.on('close', () => console.log('tunnel closed'));
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  socket.resume();
});
const deaf = request({ port, host: '127.0.0.1', method: 'CONNECT', path: 'far:1' }).end();
deaf.on('error', () => console.log('error'));
await closed(deaf);
server.close();
