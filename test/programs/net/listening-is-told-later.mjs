// Listening and connect are told in a later tick, and their callbacks keep to the loop's order.
import { connect, createServer } from 'node:net';

const log = [];
const server = createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', () => {
  log.push('listening');
  const client = connect(server.address().port, '127.0.0.1');
  log.push('connect called');
  process.nextTick(() => log.push('tick'));
  queueMicrotask(() => log.push('microtask'));
  client.on('connect', () => {
    log.push('connect');
    process.nextTick(() => log.push('connect tick'));
    queueMicrotask(() => log.push('connect microtask'));
  });
  client.on('ready', () => log.push('ready'));
  client.resume();
  client.on('end', () => {
    client.destroy();
    log.push('destroy called');
    setImmediate(() => log.push('immediate'));
    process.nextTick(() => log.push('tick'));
    queueMicrotask(() => log.push('microtask'));
  });
  client.on('close', () => {
    log.push('close');
    server.close(() => console.log(log.join('\n')));
  });
});
log.push('listen called');
process.nextTick(() => log.push('first tick'));
