// What one socket says is given to many, and one that does not read holds them all.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { PassThrough } from 'node:stream';

const hub = new PassThrough();
const readers = [];
const server = createServer((socket) => {
  socket.on('error', () => {});
  readers.push(socket);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const clients = [1, 2, 3].map(() => connect(server.address().port, '127.0.0.1'));
await Promise.all(clients.map((client) => once(client, 'connect')));
while (readers.length < 3) await new Promise(setImmediate);
for (const reader of readers) hub.pipe(reader);
let [sent, block] = [0, Buffer.alloc(100_000, 'b')];
const limit = 30_000_000;
const write = () => {
  while (sent < limit) {
    sent += block.length;
    if (!hub.write(block)) return hub.once('drain', write);
  }
  hub.end();
};
write();
const hashes = clients.map((client, i) => {
  const hash = createHash('sha256');
  if (i > 0) client.on('data', (data) => hash.update(data));
  return hash;
});
let last = -1;
while (last !== sent) {
  last = sent;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log('held', sent < limit);
clients[0].on('data', (data) => hashes[0].update(data));
await Promise.all(clients.map((client) => once(client, 'end')));
console.log(
  new Set(hashes.map((hash) => hash.digest('hex'))).size,
  clients.every((client) => client.bytesRead === limit),
);
server.close();
