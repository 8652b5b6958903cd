// A client that does not listen for an upgrade closes the connection.
import { createServer, get } from 'node:http';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer();
server.on('upgrade', (_req, socket) => {
  socket.on('end', () => told('end'));
  socket.on('close', () => told('close'));
  socket.on('error', (error) => told('error', error.code));
  socket.resume();
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
});
const port = await listening(server);
const req = get({ port, host: '127.0.0.1', headers: { Connection: 'Upgrade', Upgrade: 'x' } });
req.on('response', (res) => client('response', res.statusCode));
req.on('error', (error) => client('error', error.code, error.message));
req.on('close', () => {
  client('close', req.destroyed);
  server.close();
});
