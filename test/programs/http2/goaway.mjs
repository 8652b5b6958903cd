// A goaway leaves what is under way or ends it by its code, and no new stream begins.
import { connect, constants, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
server.on('stream', (stream, headers) => {
  const code = Number(headers.code);
  stream.session.goaway(code, stream.id, Buffer.from('why'));
  stream.session.on('error', (error) => told(code, error.code));
  stream.on('error', (error) => told(code, 'stream', error.code));
  stream.on('close', () => told(code, 'stream closed'));
  setTimeout(() => {
    if (stream.destroyed) return;
    stream.respond();
    stream.end('still served');
  }, 20);
});
const port = await listening(server);
for (const code of [constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_ENHANCE_YOUR_CALM]) {
  const client = connect(`http://127.0.0.1:${port}`);
  client.on('goaway', (errorCode, last, data) => data && say('goaway', errorCode, last, String(data)));
  client.on('error', (error) => say('session', error.code));
  const gone = closed(client);
  const stream = client.request({ code });
  stream.on('error', (error) => say('stream', error.code));
  const ended = closed(stream);
  say(await text(stream).catch(() => 'broken'));
  await ended;
  await gone;
  say('stream closed', stream.rstCode);
  say('closed', client.closed, client.destroyed);
}
server.close();
