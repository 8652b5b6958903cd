// What is sent and connected while a socket still binds happens in its order.
import { createSocket } from 'node:dgram';

const server = createSocket('udp4');
const seen = [];
server.on('message', (message, from) => {
  seen.push(`${message} ${from.address}`);
  if (seen.length === 4) {
    console.log(seen.sort());
    client.close();
    server.close();
  }
});
const client = createSocket('udp4');
server.bind(0, '127.0.0.1', () => {
  const { port } = server.address();
  client.bind(0, '127.0.0.4');
  for (let i = 0; i < 4; i++) client.send(`${i}`, port, i % 2 ? 'localhost' : '127.0.0.1');
  console.log(client.getSendQueueCount(), client.getSendQueueSize());
});
