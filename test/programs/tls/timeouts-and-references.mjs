// A secure socket times out like a plain one, and unreferenced it does not keep the loop alive.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(identity, (socket) => {
  socket.on('error', () => {});
  socket.unref().resume();
});
const socket = connect({ port: await listening(server), ca, host: '127.0.0.1', timeout: 80 });
await once(socket, 'secureConnect');
socket.write('x');
await once(socket, 'timeout');
console.log('timeout', socket.timeout, socket.destroyed);
socket.setTimeout(0);
server.unref();
socket.unref();
server.getConnections((_error, count) => console.log('connections', count));
process.on('exit', () => console.log('exit', socket.destroyed, socket.writable));
