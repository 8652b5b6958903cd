// When a client goes away in the middle of its body, the server's request is aborted with ECONNRESET.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, request: asked, response: answer } = journal('client', 'request', 'response');
const server = createServer((req, res) => {
  req.on('aborted', () => asked('aborted', req.aborted));
  req.on('error', (error) => asked('error', error.code, error.message));
  req.on('end', () => asked('end'));
  req.on('close', () => asked('close', req.complete, req.destroyed, req.readableAborted));
  res.on('finish', () => answer('finish'));
  res.on('error', (error) => answer('error', error.code));
  res.on('close', () => {
    answer('close', res.writableEnded, res.destroyed, res.writable);
    res.write('into the void', (error) => answer('write', error?.code));
  });
  req.once('data', (data) => {
    asked('data', String(data));
    server.emit('some');
  });
});
const port = await listening(server);
const req = request({ port, host: '127.0.0.1', method: 'POST', headers: { 'Content-Length': 100 } });
req.on('error', (error) => client('error', error.code, error.message));
req.on('close', () => client('close', req.writableFinished));
req.write('the first part');
await once(server, 'some');
req.destroy();
server.close();
