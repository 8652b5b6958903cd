// Bytes go through a cipher, a socket and the cipher back.
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';

const key = Buffer.alloc(32, 7);
const iv = Buffer.alloc(16, 9);
const plain = Buffer.alloc(1_000_001, 'plain text ');
const server = createServer({ allowHalfOpen: true }, async (socket) => {
  const hash = createHash('sha256');
  await pipeline(socket, createDecipheriv('aes-256-cbc', key, iv), hash, { end: true });
  console.log(hash.read().toString('hex') === createHash('sha256').update(plain).digest('hex'), socket.bytesRead);
  socket.end();
  server.close();
});
server.listen(0, '127.0.0.1', async () => {
  const client = connect(server.address().port, '127.0.0.1').resume();
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  cipher.end(plain);
  await pipeline(cipher, client);
  console.log(client.writableFinished, client.bytesWritten);
});
