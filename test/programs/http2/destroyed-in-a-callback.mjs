// A session that is destroyed while it reads still says goodbye, with its code.
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say } = journal('client');
const server = createServer();
let how;
server.on('session', (session) => session.on('error', () => {}));
server.on('stream', (stream) => {
  stream.on('error', () => {});
  stream.respond();
  stream.on('data', () => stream.session.destroy(...how));
});
const port = await listening(server);
for (how of [[], [undefined, 5], [new Error('mine')], [new Error('mine'), 11]]) {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('goaway', (code, last) => say('goaway', code, last));
  session.on('error', (error) => say('session', error.code));
  const stream = session.request({ ':method': 'POST' });
  stream.on('error', (error) => say('stream', error.code));
  stream.on('aborted', () => say('aborted'));
  stream.on('close', () => say('close', stream.rstCode));
  stream.resume().write('question');
  await closed(session);
}
server.close();
