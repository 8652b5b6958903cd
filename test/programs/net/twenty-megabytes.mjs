// Twenty megabytes go there and back unharmed, the writer waiting for drain.
import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';

const size = 20 * 1024 * 1024;
const block = Buffer.alloc(100_003);
const [sent, back] = [createHash('sha256'), createHash('sha256')];
const server = createServer((socket) => socket.pipe(socket));
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  let written = 0;
  const write = () => {
    while (written < size) {
      for (let i = 0; i < block.length; i += 97) block[i] = (written + i * 7) & 255;
      const piece = Buffer.from(block.subarray(0, Math.min(block.length, size - written)));
      sent.update(piece);
      written += piece.length;
      if (!client.write(piece)) return client.once('drain', write);
    }
    client.end();
  };
  write();
  client.on('data', (data) => back.update(data));
  client.on('close', () => {
    const [one, two] = [sent.digest('hex'), back.digest('hex')];
    console.log(one === two, two, client.bytesRead, client.bytesWritten);
    server.close();
  });
});
