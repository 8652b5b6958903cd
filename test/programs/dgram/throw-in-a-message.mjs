// What a message callback throws is uncaught, and the next message comes all the same.
import { createSocket } from 'node:dgram';

process.on('uncaughtException', (error) => console.log('uncaught', error.message));
const server = createSocket('udp4');
server.bind(0, '127.0.0.1', () => {
  const client = createSocket('udp4');
  server.on('message', (message) => {
    if (`${message}` === 'last') {
      server.close();
      client.close();
    }
    throw new Error(`on ${message}`);
  });
  for (const text of ['one', 'two', 'last']) client.send(text, server.address().port, '127.0.0.1');
});
