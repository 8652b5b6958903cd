// A signal aborts a stream before and during its answer, and an aborted one tells the server.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
server.on('stream', (stream, headers) => {
  stream.on('error', (error) => told(headers[':path'], error.code));
  stream.on('aborted', () => told(headers[':path'], 'aborted'));
  stream.on('close', () => {
    told(headers[':path'], stream.rstCode);
    server.emit('over');
  });
  stream.respond();
  stream.write('part');
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
await once(client, 'remoteSettings');
for (const path of ['/before', '/during']) {
  const controller = new AbortController();
  if (path === '/before') controller.abort();
  const stream = client.request({ ':path': path, ':method': 'POST' }, { signal: controller.signal });
  const gone = closed(stream);
  stream.on('error', (error) => say(path, error.name, error.code));
  stream.on('data', () => controller.abort());
  const over = path === '/during' ? once(server, 'over') : null;
  await Promise.all([gone, over]);
  say(path, stream.rstCode, stream.aborted, stream.destroyed);
}
client.close();
server.close();
