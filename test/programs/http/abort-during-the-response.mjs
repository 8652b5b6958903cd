// When a client goes away in the middle of the answer, the response closes without finishing.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer((req, res) => {
  req.on('aborted', () => told('aborted'));
  req.on('close', () => told('request close', req.complete));
  res.on('finish', () => told('finish'));
  res.on('close', () => told('response close', res.writableFinished, req.destroyed));
  res.write('the first part');
});
const port = await listening(server);
const req = get({ port, host: '127.0.0.1' });
req.on('error', (error) => client('request error', error.code, error.message));
req.on('close', () => client('request close'));
const [res] = await once(req, 'response');
res.on('aborted', () => client('aborted'));
res.on('error', (error) => client('response error', error.code, error.message));
res.on('end', () => client('end'));
res.on('close', () => client('response close', res.complete));
const [data] = await once(res, 'data');
client(String(data));
res.destroy();
server.close();
