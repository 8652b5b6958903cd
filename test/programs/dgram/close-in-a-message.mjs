// A socket closed in a message callback tells no more messages, though they had come.
import { createSocket } from 'node:dgram';

const server = createSocket('udp4');
server.bind(0, '127.0.0.1', () => {
  const client = createSocket('udp4');
  let count = 0;
  server.on('message', () => {
    if (++count === 3) server.close(() => console.log('closed after', count));
  });
  let sent = 0;
  for (let i = 0; i < 10; i++) {
    client.send(`${i}`, server.address().port, '127.0.0.1', () => {
      if (++sent === 10) setTimeout(() => client.close(() => console.log('messages', count)), 20);
    });
  }
});
