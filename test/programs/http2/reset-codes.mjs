// Each code that a side closes a stream with is the other's rstCode, and an error where it is one.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
server.on('stream', (stream, headers) => {
  const { code, by } = headers;
  stream.on('error', (error) => told(by, code, error.code, error.message));
  stream.on('aborted', () => told(by, code, 'aborted'));
  stream.on('close', () => {
    told(by, code, 'close', stream.rstCode, stream.aborted);
    server.emit('done');
  });
  stream.respond();
  if (by === 'server') stream.close(Number(code));
  else stream.write('go');
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
for (const by of ['server', 'client']) {
  for (let code = 0; code <= 13; code++) {
    const stream = client.request({ by, code, ':method': 'POST' });
    const done = once(server, 'done');
    const gone = closed(stream);
    stream.on('error', (error) => say(by, code, error.code, error.message));
    stream.on('aborted', () => say(by, code, 'aborted'));
    stream.resume();
    if (by === 'client') stream.once('data', () => stream.close(code));
    await Promise.all([gone, done]);
    say(by, code, 'close', stream.rstCode, stream.aborted);
  }
}
client.close();
server.close();
