// After an upgrade the client gets the bytes that came along with the headers.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer();
server.on('upgrade', (req, socket, head) => {
  told('upgrade', req.headers.upgrade, `head '${head}'`, socket.listenerCount('data'));
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nwelcome');
  let got = String(head);
  try {
    socket.setEncoding('latin1');
  } catch (error) {
    told(error.code);
  }
  socket.on('data', (text) => (got += text));
  socket.on('end', () => {
    told('got', got);
    socket.end(got.toUpperCase());
  });
});
const port = await listening(server);
const req = request({ port, host: '127.0.0.1', headers: { Connection: 'Upgrade', Upgrade: 'echo' } });
req.end();
const [res, socket, head] = await once(req, 'upgrade');
let got = String(head);
client(res.statusCode, res.headers.upgrade, socket === req.socket, socket.writable, req.destroyed);
socket.setEncoding('latin1');
socket.on('data', (text) => (got += text));
socket.write('hello ');
socket.end('there');
await closed(socket);
client('got', got);
server.close(() => told('closed'));
