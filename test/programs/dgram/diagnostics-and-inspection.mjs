// Sockets are told on their channel and can be inspected at every moment.
import { createSocket, Socket } from 'node:dgram';
import { subscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';

subscribe('udp.socket', ({ socket }) => console.log('told', socket instanceof Socket));
const socket = createSocket('udp4');
console.log(
  socket instanceof EventEmitter,
  inspect(socket).split(' ')[0],
  Object.keys(socket).sort().join(' '),
  socket.type,
);
socket.bind(0, '127.0.0.1', () => {
  const handle = Object.getOwnPropertySymbols(socket)
    .map((symbol) => socket[symbol]?.handle)
    .find(Boolean);
  console.log(handle.constructor.name, typeof handle.fd, inspect(socket).includes('UDP {'));
  socket.close(() => console.log(inspect(socket).split(' ')[0]));
});
