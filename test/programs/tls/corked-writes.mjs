// Corked writes and strings of all encodings arrive as written.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(identity, (socket) => {
  const parts = [];
  socket.on('data', (data) => parts.push(data));
  socket.on('end', () => {
    console.log(Buffer.concat(parts).toString('latin1'));
    socket.end();
  });
});
const socket = connect({ port: await listening(server), ca, host: '127.0.0.1' });
const done = [];
socket.cork();
socket.write('plain ', () => done.push(1));
socket.write('c3a4', 'hex', () => done.push(2));
socket.write('é', 'latin1', () => done.push(3));
await once(socket, 'secureConnect');
socket.write(' 16', 'utf16le', () => done.push(4));
socket.write(new Uint8Array([33, 34]), () => done.push(5));
console.log('before', done, socket.writableCorked);
socket.uncork();
socket.write(Buffer.alloc(0), () => done.push(6));
socket.end(' last', () => done.push('end'));
await once(socket.resume(), 'close');
console.log(done);
server.close();
