// Passes connections on to another server, PROXY_TARGET, each direction to its own end.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const { PROXY_PORT = '7070', PROXY_TARGET = 'localhost:7007' } = process.env;
const [, host, port] = PROXY_TARGET.match(/^(.*):(\d+)$/);

const server = createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ host, port: Number(port), allowHalfOpen: true });
  // An end that breaks takes the other one with it.
  near.on('error', () => far.resetAndDestroy());
  far.on('error', () => near.resetAndDestroy());
  near.pipe(far).pipe(near);
});
await once(server.listen(Number(PROXY_PORT)), 'listening');
console.log(`proxy: listening at port ${server.address().port}`);
process.once('SIGINT', () => server.close());
