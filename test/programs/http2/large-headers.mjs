// Large headers go in several frames, and those above a limit fail without harm to the session.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer({ maxHeaderListPairs: 60, settings: { maxHeaderListSize: 50_000 } });
server.on('sessionError', (error) => told('session', error.code));
server.on('stream', (stream, headers) => {
  told('stream', headers['x-big'].length);
  stream.on('error', (error) => told('stream', error.code));
  stream.respond({ 'x-length': headers['x-big'].length, 'x-back': 'y'.repeat(30_000) });
  stream.end();
});
const port = await listening(server);
for (const [size, options] of [
  [20_000, {}],
  [40_000, {}],
  [40_000, { maxSendHeaderBlockLength: 10_000 }],
  [100_000, {}],
]) {
  const client = connect(`http://127.0.0.1:${port}`, options);
  client.on('error', (error) => say('session', error.code));
  await once(client, 'remoteSettings');
  const stream = client.request({ 'x-big': 'x'.repeat(size) });
  stream.on('frameError', (type, code, id) => say('frameError', type, code, id));
  stream.on('error', (error) => say(size, error.code, error.message));
  stream.on('response', (headers) => say(size, headers['x-length'], headers['x-back'].length));
  await closed(stream.resume());
  if (!client.destroyed) {
    client.close();
    await closed(client);
  }
}
const many = connect(`http://127.0.0.1:${port}`);
const stream = many.request({
  'x-big': 'x',
  ...Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x-${n}`, '1'])),
});
stream.on('error', (error) => say('many', error.code, error.message));
await closed(stream.resume());
many.close();
server.close();
