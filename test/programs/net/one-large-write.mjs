// One write of many megabytes calls back once, when all is on its way, and drains once.
import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';

const big = Buffer.alloc(12 * 1024 * 1024);
for (let i = 0; i < big.length; i += 512) big.writeUInt32LE(i, i);
const text = '€'.repeat(1_000_000);
const server = createServer((socket) => {
  const hash = createHash('sha256');
  socket.on('data', (data) => hash.update(data));
  socket.on('end', () => {
    console.log(hash.digest('hex') === createHash('sha256').update(big).update(text).digest('hex'), socket.bytesRead);
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  const log = [];
  client.on('connect', () => {
    log.push(
      client.write(big, () => log.push('big')),
      client.writableLength,
    );
    client.on('drain', () => log.push(`drain ${client.writableLength}`));
    log.push(client.write(text, () => log.push('text')));
    client.end(() => log.push('end'));
  });
  client.resume();
  client.on('close', () => console.log(log.join(' | '), client.bytesWritten));
});
