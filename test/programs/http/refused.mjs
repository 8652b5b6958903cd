// A refused connection is an error of the request with all its fields.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { listening } from '../fixtures/listening.mjs';

const server = createServer();
const port = await listening(server);
await new Promise((resolve) => server.close(resolve));
const req = get({ port, host: '127.0.0.1' });
req.on('close', () => console.log('close', req.destroyed, req.reusedSocket));
const [error] = await once(req, 'error');
console.log(
  error.code,
  error.errno,
  error.syscall,
  error.address,
  error.port === port,
  error.message.replace(port, 'PORT'),
);
