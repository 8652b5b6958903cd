// A client's timeout only tells: the request lives until it is destroyed, and the server sees it go.
import { createServer, get } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer((req, res) => {
  res.on('close', () => told(req.url, 'close', res.writableEnded));
  if (req.url === '/half') res.write('half');
});
const port = await listening(server);
for (const [path, set] of [
  ['/option', { timeout: 150 }],
  ['/method', {}],
  ['/half', { timeout: 150 }],
]) {
  const req = get({ port, path, host: '127.0.0.1', ...set });
  if (path === '/method') req.setTimeout(150);
  req.on('response', (res) => {
    res.on('data', (data) => client(path, String(data)));
    res.on('error', (error) => client(path, 'response', error.code, error.message));
  });
  let times = 0;
  req.on('timeout', () => {
    times++;
    client(path, 'timeout', req.destroyed, req.timeoutCb === null, times);
    req.destroy();
  });
  req.on('error', (error) => client(path, error.code, error.message));
  await closed(req);
}
server.close();
