// A refused connection and one lost in mid stream are errors of the session and of each stream.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
const port = await listening(server);
const sockets = [];
server.on('connection', (socket) => sockets.push(socket));
server.on('stream', (stream) => {
  stream.on('aborted', () => told('aborted'));
  stream.on('error', (error) => told(error.code));
  stream.on('close', () => told('close', stream.rstCode));
  stream.respond();
  stream.write('part');
});
for (const way of ['destroy', 'resetAndDestroy', 'end']) {
  const client = connect(`http://127.0.0.1:${port}`);
  client.on('error', (error) => say(way, 'session', error.code));
  client.on('close', () => say(way, 'session closed'));
  const stream = client.request({ ':method': 'POST' });
  stream.on('error', (error) => say(way, error.code));
  stream.on('aborted', () => say(way, 'aborted'));
  stream.on('close', () => say(way, 'close', stream.rstCode));
  await once(stream, 'data');
  const gone = closed(client);
  sockets.at(-1)[way]();
  await gone;
}
server.close();
await closed(server);
const refused = connect(`http://127.0.0.1:${port}`);
const stream = refused.request();
stream.on('error', (error) => say('stream', error.code));
refused.on('error', (error) => say('session', error.code, error.syscall, error.address, error.port === port));
await closed(refused);
say(refused.destroyed, stream.destroyed);
