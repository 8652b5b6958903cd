// Idle sessions and streams tell of their timeouts on both sides, and busy ones do not.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
server.on('stream', (stream, headers) => {
  if (headers[':path'] === '/busy') {
    stream.respond();
    let n = 0;
    const timer = setInterval(() => {
      stream.write(`${n}`);
      if (++n === 20) {
        clearInterval(timer);
        stream.end();
      }
    }, 30);
  }
  stream.on('error', (error) => told(error.code));
  stream.setTimeout(400, () => told('stream timeout', headers[':path']));
});
const port = await listening(server);
const client = connect(`http://127.0.0.1:${port}`);
const busy = client.request({ ':path': '/busy' });
busy.setTimeout(400, () => say('busy timed out'));
client.setTimeout(400, () => say('session timed out'));
say(await text(busy));
client.setTimeout(0);
const idle = client.request({ ':path': '/idle' });
idle.on('error', (error) => say(error.code));
idle.setTimeout(600);
await once(idle, 'timeout');
say('stream timeout');
const gone = closed(idle);
idle.close(8);
await gone;
client.setTimeout(50);
await once(client, 'timeout');
say('session timeout', client.destroyed);
client.close();
await closed(client);
server.setTimeout(60);
server.on('timeout', (session) => {
  told('server timeout', session.destroyed);
  session.close();
});
const quiet = connect(`http://127.0.0.1:${port}`);
await closed(quiet);
server.close();
