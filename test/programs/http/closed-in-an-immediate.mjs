// What is closed in an immediate is told in the same turn, before the next immediate.
import { createServer, request } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { server: told } = journal('server');
const server = createServer((req, res) => {
  req.on('error', (error) => told('request', error.code));
  req.on('close', () => told('request close'));
  res.on('close', () => told('response close'));
  req.socket.on('close', () => told('socket close'));
  setImmediate(() => {
    told(req.url);
    if (req.url === '/socket') req.socket.destroy();
    else if (req.url === '/request') req.destroy();
    else if (req.url === '/reset') req.socket.resetAndDestroy();
    else res.destroy();
    setImmediate(() => told('next immediate'));
  });
});
const port = await listening(server);
for (const path of ['/socket', '/request', '/response', '/reset']) {
  const req = request({ port, host: '127.0.0.1', path, agent: false });
  req.on('error', () => {});
  req.end();
  await closed(req);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
server.close();
