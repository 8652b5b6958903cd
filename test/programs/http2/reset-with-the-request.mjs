// A request and its reset that arrive together are one piece of bytes: nothing was written in between.
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
server.on('stream', (stream) => {
  told('read', stream.session.socket.bytesRead);
  for (const event of ['aborted', 'end', 'finish']) stream.on(event, () => told(event));
  stream.on('error', () => {});
  stream.on('close', () => told('close', stream.rstCode));
  stream.resume();
  stream.respond();
  stream.write('part');
});
const port = await listening(server);
for (const code of [0, 2, 7, 8]) {
  const session = connect(`http://127.0.0.1:${port}`);
  const stream = session.request({ ':method': 'POST' });
  stream.on('error', (error) => say(error.code));
  stream.on('response', () => say('response'));
  stream.on('ready', () => setImmediate(() => stream.close(code)));
  await closed(stream);
  session.close();
  await closed(session);
}
server.close();
