// The timeouts of server, request and response reach whoever listens nearest, and nobody's destroys the socket.
import { createServer, get } from 'node:http';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const logs = journal('server', '/server', '/request', '/response', '/nobody');
const server = createServer((req, res) => {
  if (req.url === '/request') req.setTimeout(40, () => end('request timeout'));
  if (req.url === '/response') res.setTimeout(40, () => end('response timeout'));
  const end = (why) => {
    logs[req.url](why);
    res.end(why);
  };
});
server.setTimeout(40);
const listener = (socket) => {
  logs.server('timeout', socket.timeout);
  socket.end('HTTP/1.1 504 Mine\r\nConnection: close\r\n\r\n');
};
const port = await listening(server);
for (const path of ['/server', '/request', '/response', '/nobody']) {
  if (path === '/server') server.on('timeout', listener);
  else server.off('timeout', listener);
  await new Promise((resolve) => {
    const req = get({ port, path, host: '127.0.0.1', agent: false });
    req.on('response', (res) => {
      logs[path](res.statusCode);
      res.setEncoding('utf8').on('data', (text) => logs[path](text));
    });
    req.on('error', (error) => logs[path](error.code, error.message));
    req.on('close', resolve);
  });
}
server.close();
