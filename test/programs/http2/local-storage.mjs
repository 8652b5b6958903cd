// Callbacks of a stream run in the context of its request, and those of the server in its handler's.
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const storage = new AsyncLocalStorage();
const server = createServer();
let serial = 0;
server.on('stream', (stream) => {
  storage.run(`stream ${++serial}`, () => {
    setTimeout(() => {
      told('timer', storage.getStore());
      stream.respond();
      stream.write('x', () => told('written', storage.getStore()));
      stream.end();
    }, 2);
  });
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
await once(client, 'remoteSettings');
for (const name of ['one', 'two']) {
  await storage.run(name, async () => {
    const stream = client.request();
    stream.on('response', () => say(name, 'response', storage.getStore()));
    stream.on('data', () => say(name, 'data', storage.getStore()));
    stream.on('end', () => say(name, 'end', storage.getStore()));
    await closed(stream);
    say(name, 'after', storage.getStore());
  });
}
client.close();
server.close();
