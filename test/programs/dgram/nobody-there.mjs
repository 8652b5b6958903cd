// An unconnected socket does not hear that nobody listens, and sends on.
import { createSocket } from 'node:dgram';

const spare = createSocket('udp4');
spare.bind(0, '127.0.0.1', () => {
  const { port } = spare.address();
  spare.close(async () => {
    const client = createSocket('udp4');
    client.on('error', (error) => console.log('error?', error.code));
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) =>
        client.send('x', port, '127.0.0.1', (error, bytes) => resolve(console.log(error, bytes))),
      );
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    client.close();
  });
});
