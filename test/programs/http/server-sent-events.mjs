// Each event of a stream arrives before the server sends the next, and a client's leaving stops it.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer((_req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  let n = 0;
  const send = () => res.write(`data: ${++n}\n\n`);
  server.on('next', send);
  res.on('close', () => {
    server.off('next', send);
    told('left after', n, res.write('more'));
  });
  send();
});
const port = await listening(server);
const req = get({ port, host: '127.0.0.1' });
const [res] = await once(req, 'response');
res.setEncoding('utf8');
for (let i = 0; i < 5; i++) {
  const [event] = await once(res, 'data');
  client(event);
  if (i < 4) server.emit('next');
}
req.on('close', () => client('closed'));
req.destroy();
server.close();
