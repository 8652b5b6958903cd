// A socket closed in the tick that sends: what its callback hears, and whether it arrives.
import { createSocket } from 'node:dgram';

const server = createSocket('udp4');
const seen = [];
server.on('message', (message) => seen.push(`${message}`));
server.bind(0, '127.0.0.1', () => {
  const { port } = server.address();
  const log = [];
  const fresh = createSocket('udp4');
  fresh.on('close', () => log.push('fresh close'));
  fresh.send('fresh', port, '127.0.0.1', (error, bytes) => log.push(`fresh sent ${error?.code} ${bytes}`));
  try {
    fresh.close();
  } catch (error) {
    log.push(error.code);
  }
  const bound = createSocket('udp4');
  bound.on('close', () => log.push('bound close'));
  bound.bind(0, '127.0.0.1', () => {
    bound.send('bound', port, '127.0.0.1', (error, bytes) => log.push(`bound sent ${error?.code} ${bytes}`));
    bound.close();
    setTimeout(() => {
      console.log(log.sort().join('\n'), seen);
      server.close();
    }, 30);
  });
});
