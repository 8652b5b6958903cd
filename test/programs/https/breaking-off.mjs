// A TLS connection broken off before, during and after the answer's headers fails like a plain one.
import { createServer, get } from 'node:https';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(identity, (req, res) => {
  if (req.url === '/before') return req.socket.destroy();
  res.setHeader('Content-Length', 100);
  res.write('part', () => setTimeout(() => (req.url === '/end' ? req.socket.end() : req.socket.destroy()), 10));
});
const port = await listening(server);
for (const path of ['/before', '/destroy', '/end']) {
  const events = [];
  const req = get({ port, path, ca, host: '127.0.0.1', agent: false });
  const gone = closed(req);
  req.on('error', (error) => events.push(`request ${error.code} ${error.message}`));
  req.on('response', (res) => {
    res.on('data', (data) => events.push(String(data)));
    res.on('error', (error) => events.push(`response ${error.code} ${error.message}`));
    res.on('end', () => events.push('end'));
  });
  await gone;
  await new Promise(setImmediate);
  console.log(path, events);
}
server.close();
