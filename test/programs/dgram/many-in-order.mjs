// Hundreds of datagrams of one sender come in order, each one whole.
import { createSocket } from 'node:dgram';

const server = createSocket('udp4');
server.bind(0, '127.0.0.1', () => {
  const client = createSocket('udp4');
  const { port } = server.address();
  let [next, wrong, size] = [0, 0, 0];
  server.on('message', (message) => {
    if (message.readUInt32BE() !== next) wrong++;
    if (message.length !== 4 + (next % 50)) wrong++;
    next++;
    size += message.length;
    if (next < 500) {
      // A window of twenty, so that no buffer overflows anywhere.
      if (next % 20 === 0) burst(next);
      return;
    }
    console.log(next, wrong, size);
    client.close();
    server.close();
  });
  const burst = (from) => {
    for (let i = from; i < from + 20; i++) {
      const message = Buffer.alloc(4 + (i % 50), i);
      message.writeUInt32BE(i);
      client.send(message, port, '127.0.0.1');
    }
  };
  burst(0);
});
