// A session destroyed at each stage closes its streams with the right codes and reaches the other side.
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
let stage;
let over;
server.on('session', (session) => {
  const name = stage;
  session.on('error', (error) => told(name, 'session', error.code));
  session.on('close', () => {
    told(name, 'session closed');
    over();
  });
});
server.on('stream', (stream) => {
  stream.on('error', () => {});
  stream.respond();
  stream.write('part');
});
const port = await listening(server);
const stages = {
  'at once': (client) => client.destroy(),
  connect: (client) => client.on('connect', () => client.destroy()),
  settings: (client) => client.on('remoteSettings', () => client.destroy()),
  response: (client, stream) => stream.on('response', () => client.destroy()),
  data: (client, stream) => stream.on('data', () => client.destroy()),
  'with an error': (client, stream) => stream.on('data', () => client.destroy(new Error('mine'))),
  'with a code': (client, stream) => stream.on('data', () => client.destroy(undefined, 11)),
  'with both': (client, stream) => stream.on('data', () => client.destroy(new Error('mine'), 2)),
};
for (const [name, act] of Object.entries(stages)) {
  stage = name;
  const there = new Promise((resolve) => (over = resolve));
  const client = connect(`http://127.0.0.1:${port}`);
  client.on('error', (error) => say(name, 'session', error.code ?? error.message));
  const stream = client.request({ ':method': 'POST' });
  stream.on('error', (error) => say(name, 'stream', error.code ?? error.message));
  stream.on('close', () => say(name, 'stream closed', stream.rstCode));
  act(client, stream);
  const reaches = name === 'at once' ? null : there;
  await Promise.all([closed(client), closed(stream), reaches]);
  say(name, client.destroyed, client.socket === undefined);
}
server.close();
