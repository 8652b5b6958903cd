// One flipped bit in the ciphertext ends the connection with an error and delivers nothing more.
import { connect as connectNet, createServer as createNetServer } from 'node:net';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer({ ...identity, maxVersion: 'TLSv1.2' }, (socket) => {
  socket.on('data', (data) => {
    told(String(data));
    socket.write('ok');
  });
  socket.on('error', (error) => {
    told(error.code);
    socket.destroy();
  });
  socket.on('close', () => told('close'));
});
const target = await listening(server);
let harm = false;
const middle = createNetServer((near) => {
  const far = connectNet(target, '127.0.0.1');
  near.on('data', (data) => {
    if (harm) data[data.length - 1] ^= 1;
    far.write(data);
  });
  far.pipe(near);
  for (const [one, other] of [
    [near, far],
    [far, near],
  ]) {
    one.on('error', () => {});
    one.on('close', () => other.end());
  }
});
const socket = connect({ port: await listening(middle), ca, host: '127.0.0.1' });
socket.write('untouched');
socket.once('data', (data) => {
  client(String(data));
  harm = true;
  socket.write('damaged');
});
socket.on('error', (error) => {
  client(error.code, error.reason);
  socket.destroy();
});
await closed(socket);
middle.close();
server.close();
