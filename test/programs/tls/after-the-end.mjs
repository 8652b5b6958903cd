// Writes after end, after destroy and after the other's leaving fail with their codes.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

let there;
const server = createServer(identity, (socket) => {
  there = socket;
  socket.on('error', () => {});
  socket.resume();
});
const port = await listening(server);
const open = async () => {
  const socket = connect({ port, ca, host: '127.0.0.1' });
  await Promise.all([once(socket, 'secureConnect'), once(server, 'secureConnection')]);
  socket.on('error', (error) => console.log('error', error.code));
  return socket;
};
const ended = await open();
ended.end();
ended.write('x', (error) => console.log('after end', error.code));
await closed(ended.resume());
const destroyed = await open();
destroyed.destroy();
destroyed.write('x', (error) => console.log('after destroy', error.code));
await closed(destroyed);
const left = await open();
there.destroy();
await closed(left.resume());
left.write('x', (error) => console.log('after it left', error.code));
await new Promise(setImmediate);
server.close();
