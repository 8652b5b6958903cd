// A connected socket hears that nobody listens there, as an error event of its receiving.
import { createSocket } from 'node:dgram';

const spare = createSocket('udp4');
spare.bind(0, '127.0.0.1', () => {
  const { port } = spare.address();
  spare.close(() => {
    const client = createSocket('udp4');
    client.on('error', (error) => {
      console.log({ ...error, message: error.message.replace(port, 'PORT') });
      client.close(() => console.log('closed'));
    });
    client.connect(port, '127.0.0.1', () => client.send('x', (error, bytes) => console.log('sent', error, bytes)));
  });
});
