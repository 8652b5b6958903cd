// A connected socket sends without an address, knows its peer, and may be disconnected.
import { createSocket } from 'node:dgram';

const attempt = (name, action) => {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(name, error.code, error.message);
  }
};
const server = createSocket('udp4');
server.bind(0, '127.0.0.1', () => {
  const { port } = server.address();
  const client = createSocket('udp4');
  attempt('early remoteAddress', () => client.remoteAddress());
  attempt('early disconnect', () => client.disconnect());
  attempt('no port', () => client.send('x'));
  client.connect(port, '127.0.0.1', (error) => {
    console.log('connected', error);
    const { address, family } = client.remoteAddress();
    console.log(address, family, client.remoteAddress().port === port, client.address().address);
    attempt('again', () => client.connect(port));
    attempt('with address', () => client.send('x', port, '127.0.0.1'));
    attempt('with port', () => client.send('x', 0, 1, port));
    client.send('one');
    client.send(['t', 'wo']);
    client.send('xthree', 1, 5, (_, bytes) => console.log('bytes', bytes));
  });
  console.log('returns at once');
  attempt('while connecting', () => client.connect(port));
  client.on('connect', () => console.log('connect'));
  const seen = [];
  server.on('message', (message, from) => {
    seen.push(`${message}`);
    if (seen.length < 3) return;
    console.log(seen);
    client.disconnect();
    attempt('remoteAddress', () => client.remoteAddress());
    attempt('again', () => client.disconnect());
    console.log(client.address().port === from.port || 'another port', client.address().address);
    client.close();
    server.close();
  });
});
