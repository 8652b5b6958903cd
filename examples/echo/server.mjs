// An echo server, as anybody would write it.
import { once } from 'node:events';
import { createServer } from 'node:net';

const { PORT = '7007' } = process.env;
const server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
await once(server.listen(Number(PORT)), 'listening');
console.log(`echo: listening at port ${server.address().port}`);
process.once('SIGINT', () => server.close());
