// A body that does not come in time is answered with 408 by the server itself.
import { createServer } from 'node:http';
import { exchange } from '../fixtures/exchange.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const options = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 };
const server = createServer(options, (req) => {
  told('request', req.method);
  req.on('data', (data) => told('data', String(data)));
  req.on('error', (error) => told(error.code, error.message));
  req.on('close', () => told('close', req.complete));
});
const port = await listening(server);
client(await exchange(port, 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 20\r\n\r\n', 'half of it'));
server.close();
