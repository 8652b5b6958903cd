// A plain HTTP client at a TLS server is a 'tlsClientError', and a TLS client at a plain server fails.
import { once } from 'node:events';
import { createServer as createPlain, get as getPlain } from 'node:http';
import { createServer, get } from 'node:https';
import { server as identity } from '../fixtures/certificates.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer(identity, () => told('request'));
server.on('tlsClientError', (error, socket) => told(error.code, error.library, error.reason, socket.encrypted));
server.on('clientError', (error) => told('clientError', error.code));
const port = await listening(server);
client((await once(getPlain({ port, host: '127.0.0.1' }), 'error'))[0].code);
server.close();
const plain = createPlain(() => told('request'));
plain.on('clientError', (error, socket) => {
  told(error.code);
  socket.end('HTTP/1.1 400 No\r\n\r\n');
});
const there = await listening(plain);
const [error] = await once(get({ port: there, host: '127.0.0.1' }), 'error');
client(error.code, error.library, error.reason);
plain.close();
