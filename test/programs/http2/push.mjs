// Pushed streams come with their request headers, and a client that disabled push gets none.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
server.on('stream', (stream) => {
  told('allowed', stream.pushAllowed);
  const go = () => {
    stream.respond();
    stream.end('main');
  };
  try {
    stream.pushStream({ ':path': '/style.css', 'x-why': 'needed' }, (error, pushed, headers) => {
      told(error, headers[':path'], headers[':method'], pushed.id, pushed.sentHeaders[':path']);
      pushed.on('close', () => told('pushed closed', pushed.rstCode));
      try {
        pushed.pushStream({}, () => {});
      } catch (nested) {
        told(nested.code);
      }
      pushed.respond({ ':status': 200 });
      pushed.end('body {}');
      go();
    });
  } catch (error) {
    told(error.code);
    go();
  }
});
const port = await listening(server);
for (const enablePush of [true, false]) {
  const client = connect(`http://127.0.0.1:${port}`, { settings: { enablePush } });
  const pushes = [];
  client.on('stream', (pushed, headers) => {
    pushed.on('push', ({ ':status': status }) => say('push', headers[':path'], headers['x-why'], status));
    pushes.push(text(pushed));
  });
  await once(client, 'remoteSettings');
  const stream = client.request({ ':path': '/' });
  say(await text(stream), await Promise.all(pushes));
  client.close();
  await closed(client);
}
server.close();
