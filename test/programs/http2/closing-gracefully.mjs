// A closing session finishes its streams and takes no more, and a closing server waits for its sessions.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
const held = [];
server.on('session', (session) => session.on('close', () => told('session closed')));
server.on('stream', (stream) => {
  held.push(stream);
  server.emit('held');
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
const stream = client.request();
await once(server, 'held');
client.close(() => say('closed'));
say(client.closed, client.destroyed);
try {
  const late = client.request();
  late.on('error', (error) => say(error.code));
  await closed(late);
} catch (error) {
  say(error.code);
}
server.close(() => told('server closed'));
setTimeout(() => {
  held[0].respond();
  held[0].end('finished');
}, 30);
say(await text(stream));
await closed(client);
say(client.destroyed);
