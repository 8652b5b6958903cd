// Twenty megabytes come through TLS whole, read with pauses and written until write says false.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const chunk = Buffer.alloc(65_537, 'the quick brown fox ');
const hashes = { there: createHash('sha256'), here: createHash('sha256') };
let stuck = false;
const server = createServer(identity, async (socket) => {
  for (let i = 0; i < 320; i++) {
    chunk.writeUInt32BE(i);
    hashes.there.update(chunk);
    if (!socket.write(Buffer.from(chunk))) {
      stuck = true;
      await once(socket, 'drain');
    }
  }
  socket.end();
});
const socket = connect({ port: await listening(server), ca, host: '127.0.0.1' });
let bytes = 0;
let mark = 4_000_000;
socket.on('data', (data) => {
  bytes += data.length;
  hashes.here.update(data);
  if (bytes < mark) return;
  mark += 4_000_000;
  socket.pause();
  setTimeout(() => socket.resume(), 10);
});
await once(socket, 'end');
console.log(bytes, stuck, hashes.there.digest('hex') === hashes.here.digest('hex'));
server.close();
