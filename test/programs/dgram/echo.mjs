// A datagram is answered to where it came from, with sender, family and size told.
import { createSocket } from 'node:dgram';

const server = createSocket('udp4');
server.on('message', (message, from) => {
  console.log(
    'server',
    `${message}`,
    from.address,
    from.family,
    from.size,
    from.port === client.address().port,
    Object.keys(from).join(' '),
  );
  server.send(`you said ${message}`, from.port, from.address, () => server.close());
});
const client = createSocket('udp4', (message, from) => {
  console.log('client', `${message}`, from.address, from.size, from.port === port);
  client.close();
});
let port;
server.bind(0, '127.0.0.1', () => {
  port = server.address().port;
  client.send('grüß dich', port, '127.0.0.1', (error, bytes) => console.log('sent', error, bytes));
});
