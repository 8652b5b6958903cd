// A signal aborts a request before, while waiting for and during the answer.
import { createServer, get } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer((req, res) => {
  res.on('close', () => told(req.url, 'closed', res.writableFinished));
  if (req.url === '/during') res.write('part');
  server.emit(req.url);
});
const port = await listening(server);
for (const [path, when] of [
  ['/before', null],
  ['/waiting', (go) => server.once('/waiting', go)],
  ['/during', (go, req) => req.on('response', (res) => res.once('data', go))],
]) {
  const controller = new AbortController();
  if (when === null) controller.abort();
  const req = get({ port, path, host: '127.0.0.1', signal: controller.signal });
  req.on('response', (res) => res.on('error', (error) => client(path, 'response', error.name, error.code)));
  req.on('error', (error) => client(path, error.name, error.code));
  req.on('close', () => client(path, 'close', req.destroyed));
  when?.(() => controller.abort(), req);
  await closed(req);
}
server.close();
const timed = get({ port, host: '127.0.0.1', signal: AbortSignal.timeout(1) });
timed.on('error', (error) => client(error.name === 'AbortError' || error.code === 'ECONNREFUSED'));
