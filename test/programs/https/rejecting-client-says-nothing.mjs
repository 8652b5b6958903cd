// A client that rejects the certificate delivers nothing of its request, neither its path nor its body.
import { createServer, request } from 'node:https';
import { ca, expired, server as identity, stranger } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
for (const [name, given, options] of [
  ['unknown authority', identity, {}],
  ['another authority', stranger, { ca }],
  ['expired', expired, { ca }],
  ['wrong name', identity, { ca, servername: 'other.example' }],
]) {
  let heard = 0;
  const server = createServer(given, (req, res) => {
    told(name, 'HEARD', req.url);
    res.end();
  });
  server.on('tlsClientError', (error) => told(name, 'tlsClientError', error.code));
  const ended = [];
  server.on('secureConnection', (socket) => {
    socket.on('data', (data) => (heard += data.length));
    ended.push(closed(socket));
  });
  const port = await listening(server);
  const req = request({ port, host: '127.0.0.1', method: 'POST', path: '/secret', agent: false, ...options });
  req.on('error', (error) => client(name, error.code, req.socket.authorized, req.socket.bytesWritten === 0));
  const gone = closed(req);
  req.end('secret '.repeat(100));
  await gone;
  await new Promise((resolve) => server.close(resolve));
  await Promise.all(ended);
  told(name, 'bytes', heard);
}
