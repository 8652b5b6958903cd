// A body waits for '100 Continue', and the server can refuse it.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer(async (req, res) => {
  told('request', req.url, req.headers.expect, await text(req));
  res.end('taken');
});
const port = await listening(server);
async function ask(path, expect = '100-continue') {
  const req = request({
    port,
    path,
    host: '127.0.0.1',
    method: 'PUT',
    headers: { Expect: expect, Connection: 'close' },
  });
  req.on('continue', () => {
    client('continue', path);
    req.end('the body');
  });
  req.flushHeaders();
  const [res] = await once(req, 'response');
  client(path, res.statusCode, await text(res));
  req.destroy();
}
await ask('/automatic');
server.on('checkContinue', (req, res) => {
  told('checkContinue', req.url);
  if (req.url === '/refused') return res.writeHead(417).end('no');
  res.writeContinue(() => told('continue written'));
  server.emit('request', req, res);
});
await ask('/allowed');
await ask('/refused');
await ask('/unknown', 'a-pony');
server.on('checkExpectation', (req, res) => {
  told('checkExpectation', req.headers.expect);
  res.end('a pony');
});
await ask('/known', 'a-pony');
server.close();
