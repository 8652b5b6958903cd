// A reader that pauses stops the writer for good, and going on loses nothing.
import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';

const limit = 64 * 1024 * 1024;
const block = Buffer.alloc(64 * 1024, 'abcdefg');
const hashes = [createHash('sha256'), createHash('sha256')];
let reader;
const server = createServer((socket) => {
  reader = socket.pause();
  socket.on('data', (data) => hashes[1].update(data));
  socket.on('end', () => {
    console.log('all read', socket.bytesRead === written, hashes[0].digest('hex') === hashes[1].digest('hex'));
    server.close();
  });
});
let written = 0;
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.resume();
  let stopped = false;
  const write = () => {
    if (stopped) return client.end();
    while (written < limit) {
      hashes[0].update(block);
      written += block.length;
      if (!client.write(block)) break;
    }
    client.once('drain', write);
  };
  client.on('connect', write);
  let last = -1;
  const timer = setInterval(() => {
    if (written !== last) {
      last = written;
      return;
    }
    clearInterval(timer);
    console.log(
      'stopped before the limit',
      written > 0 && written < limit,
      client.writableNeedDrain,
      client.writableLength > 0,
    );
    console.log('nothing was read', reader.bytesRead <= 256 * 1024);
    stopped = true;
    reader.resume();
  }, 150);
});
