// Sending binds to every address, and listening is told before the datagram leaves.
import { createSocket } from 'node:dgram';

const server = createSocket('udp4');
server.bind(0, '127.0.0.1', () => {
  const client = createSocket('udp4');
  const log = [];
  client.on('listening', () => log.push(`listening ${client.address().address} ${client.address().port > 0}`));
  for (let i = 0; i < 3; i++) client.send(`${i}`, server.address().port, '127.0.0.1', () => log.push(`sent ${i}`));
  log.push('sends called');
  const seen = [];
  server.on('message', (message) => {
    seen.push(`${message}`);
    if (seen.length < 3) return;
    setImmediate(() => {
      console.log(log.join('\n'), seen);
      client.close();
      server.close();
    });
  });
});
