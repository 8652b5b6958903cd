// A request destroyed at once ends in 'socket hang up' and never reaches the server.
import { createServer, request } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer((req, res) => {
  told('request', req.url);
  res.end();
});
const port = await listening(server);
const watch = (req, name) => {
  for (const event of ['socket', 'response', 'finish', 'abort', 'close']) req.on(event, () => client(name, event));
  req.on('error', (error) => client(name, error.code, error.message));
  return req;
};
const first = watch(request({ port, host: '127.0.0.1', path: '/destroyed' }), 'destroyed');
first.destroy();
first.end();
await closed(first);
const second = watch(request({ port, host: '127.0.0.1', path: '/error' }), 'with an error');
second.end();
second.destroy(new RangeError('mine'));
await closed(second);
const third = watch(request({ port, host: '127.0.0.1', path: '/aborted' }), 'aborted');
third.end();
third.abort();
await closed(third);
client(first.destroyed, second.destroyed, third.aborted, third.writableEnded, first.writableFinished);
server.close();
