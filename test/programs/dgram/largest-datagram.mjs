// 65507 bytes are the most that a datagram holds; one more is EMSGSIZE with all its fields.
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';

const server = createSocket('udp4');
server.bind(0, '127.0.0.1', () => {
  const { port } = server.address();
  const client = createSocket('udp4');
  const bytes = Buffer.alloc(65508);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) & 255;
  const hash = (of) => createHash('sha256').update(of).digest('hex').slice(0, 16);
  server.on('message', (message) => {
    console.log(message.length, hash(message) === hash(bytes.subarray(0, 65507)));
    client.send(bytes, port, '127.0.0.1', (error, count) => {
      console.log(count, { ...error, message: error.message.replace(port, 'PORT'), port: error.port === port });
      client.on('error', (told) => console.log('event?', told.code));
      client.send(bytes, port, '127.0.0.1');
      setTimeout(() => {
        client.close();
        server.close();
      }, 20);
    });
  });
  client.send(bytes, 0, 65507, port, '127.0.0.1', (error, count) => console.log(error, count));
});
