// The callbacks of writes, end and finish come in order, and those of a broken request come with errors.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer(async (req, res) => {
  if (req.url === '/broken') return req.socket.destroy();
  await text(req);
  res.write('a', (error) => told('a', error));
  res.write('b', (error) => told('b', error));
  res.on('finish', () => told('finish'));
  res.end('c', () => told('end'));
  res.write('d', (error) => told('d', error.code));
  res.on('error', (error) => told('error', error.code));
});
const port = await listening(server);
const req = request({ port, host: '127.0.0.1', method: 'POST' });
req.write('1', (error) => client('1', error));
req.write('', (error) => client('empty', error));
req.write('2', (error) => client('2', error));
req.on('finish', () => client('finish'));
req.end('3', () => client('end'));
client('before connecting', req.writableLength > 0, req.writableEnded, req.writableFinished);
client(await text((await once(req, 'response'))[0]));
const broken = request({ port, path: '/broken', host: '127.0.0.1', method: 'POST', agent: false });
const gone = closed(broken);
broken.on('error', (error) => client('error', error.code, error.message));
broken.write('x');
await gone;
broken.write('y', (error) => client('y', error?.code));
broken.end('z', (error) => client('z', error?.code));
await new Promise(setImmediate);
server.close();
