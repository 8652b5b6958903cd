// The channels of diagnostics tell of each client's and each server's socket.
import { channel, subscribe } from 'node:diagnostics_channel';
import { connect, createServer, Socket } from 'node:net';

const told = [];
for (const name of ['net.client.socket', 'net.server.socket']) {
  subscribe(name, (message, from) => {
    told.push(`${from} ${Object.keys(message)} ${message.socket instanceof Socket} ${message.socket.connecting}`);
  });
}
console.log(channel('net.client.socket').hasSubscribers);
const server = createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1').resume();
  client.on('close', () => server.close(() => console.log(told.sort().join('\n'))));
});
