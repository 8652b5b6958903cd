// Small records carry the same text, and what does not fit a record is refused.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const body = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31) & 255));
const hash = (data) => createHash('sha256').update(data).digest('hex');
console.log('sent', hash(body));
let size = 0;
const server = createServer(identity, (socket) => {
  console.log(socket.setMaxSendFragment(size));
  socket.end(body);
});
const port = await listening(server);
for (size of [512, 1000, 16384, 100, 20000]) {
  const socket = connect({ port, ca, host: '127.0.0.1' });
  const parts = [];
  socket.on('data', (data) => parts.push(data));
  await once(socket, 'end');
  console.log(
    size,
    hash(Buffer.concat(parts)),
    size > 1000 || parts.every((each) => each.length <= 1000) || size === 100,
  );
}
server.close();
