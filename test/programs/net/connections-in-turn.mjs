// Connections made one after the other are accepted in their order, also many at once from one tick.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const order = [];
const server = createServer((socket) => {
  socket.once('data', (data) => {
    order.push(Number(data));
    socket.end();
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
for (let i = 0; i < 10; i++) {
  const client = connect(server.address().port, '127.0.0.1');
  client.write(String(i));
  client.resume();
  await once(client, 'close');
}
console.log(order.join(' '));
const ports = [];
server.on('connection', (socket) => ports.push(socket.remotePort));
const clients = Array.from({ length: 10 }, () => connect(server.address().port, '127.0.0.1').resume());
await Promise.all(clients.map((client) => once(client, 'connect')));
const mine = clients.map((client) => client.localPort);
clients.forEach((client, i) => {
  client.write(String(i));
});
await Promise.all(clients.map((client) => once(client, 'close')));
console.log(
  ports.every((port, i) => port === mine[i]),
  new Set(mine).size,
);
server.close();
