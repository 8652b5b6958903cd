// A socket tells listening, its callbacks, message and close in Node's order.
import { createSocket } from 'node:dgram';

const log = [];
const socket = createSocket('udp4');
for (const event of ['listening', 'connect', 'message', 'error', 'close']) socket.on(event, () => log.push(event));
// From a timer: where in the loop a module's own text runs is another matter.
setTimeout(() => {
  console.log(socket.bind({ port: 0, address: '127.0.0.1' }, () => log.push('bind callback')) === socket);
  log.push('bind called');
  process.nextTick(() => log.push('tick'));
  setImmediate(() => log.push('immediate'));
}, 1);
socket.on('listening', () => {
  const { port } = socket.address();
  socket.send('x', port, '127.0.0.1', (error, bytes) => log.push(`sent ${error} ${bytes}`));
  log.push('send called');
  process.nextTick(() => log.push('tick'));
});
socket.on('message', () => {
  console.log(socket.close(() => log.push('close callback')) === socket);
  log.push('close called');
  process.nextTick(() => log.push('tick'));
  setImmediate(() => log.push('immediate'));
  setTimeout(() => console.log(log.join('\n')), 20);
});
