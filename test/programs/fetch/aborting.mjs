// A fetch is aborted before, while waiting and while reading, and the server sees it go.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer((req, res) => {
  res.on('close', () => {
    told(req.url, res.writableFinished);
    server.emit('gone');
  });
  if (req.url === '/reading') res.write('part');
  server.emit('asked');
});
const base = `http://127.0.0.1:${await listening(server)}`;
for (const path of ['/before', '/waiting', '/reading']) {
  const controller = new AbortController();
  const asked = once(server, 'asked');
  const gone = once(server, 'gone');
  if (path === '/before') controller.abort();
  const fetching = fetch(base + path, { signal: controller.signal });
  if (path === '/waiting') asked.then(() => controller.abort(new RangeError('enough')));
  try {
    const response = await fetching;
    const reader = response.body.getReader();
    client(String(Buffer.from((await reader.read()).value)));
    controller.abort();
    await reader.read();
  } catch (error) {
    client(path, error.name, error.message);
  }
  if (path !== '/before') await gone;
}
server.close();
