// An upgraded TLS connection carries what both sides say.
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(identity);
server.on('upgrade', (req, socket, head) => {
  socket.write(`HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: ${req.headers.upgrade}\r\n\r\n`);
  socket.write(head);
  socket.pipe(socket);
});
const port = await listening(server);
const req = request({ port, ca, host: '127.0.0.1', headers: { Connection: 'Upgrade', Upgrade: 'echo' } }).end();
const [res, socket, head] = await once(req, 'upgrade');
let heard = String(head);
socket.on('data', (data) => (heard += data));
for (const word of ['one ', 'two ', 'three']) socket.write(word);
socket.end();
await once(socket, 'end');
console.log(res.statusCode, socket.encrypted, heard);
server.close();
