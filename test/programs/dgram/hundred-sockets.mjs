// A hundred sockets speak to one another, each with a port of its own.
import { createSocket } from 'node:dgram';

const sockets = Array.from({ length: 100 }, () => createSocket('udp4'));
await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve))));
const ports = sockets.map((socket) => socket.address().port);
console.log(new Set(ports).size);
const heard = await Promise.all(
  sockets.map(
    (socket, i) =>
      new Promise((resolve) => {
        socket.on('message', (message, from) => resolve(Number(message) === i && from.port === ports[(i + 99) % 100]));
        socket.send(String((i + 1) % 100), ports[(i + 1) % 100], '127.0.0.1');
      }),
  ),
);
console.log(heard.every(Boolean), heard.length);
for (const socket of sockets) socket.close();
