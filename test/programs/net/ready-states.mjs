// readyState, connecting and pending go through a socket's life in Node's order.
import { createServer, Socket } from 'node:net';

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('end', () => setTimeout(() => socket.end(), 10));
  socket.resume();
});
server.listen(0, '127.0.0.1', () => {
  const client = new Socket();
  const log = [];
  const state = (when) =>
    log.push(
      `${when}: ${client.readyState} ${client.connecting} ${client.pending} ${client.destroyed} ${client.readable} ${client.writable} ${client.closed}`,
    );
  state('new');
  client.connect(server.address().port, 'localhost');
  state('connect called');
  process.nextTick(() => state('tick'));
  client.on('lookup', () => state('lookup'));
  client.on('connect', () => {
    state('connect');
    setTimeout(() => {
      client.end();
      state('end called');
    }, 5);
  });
  client.on('ready', () => state('ready'));
  client.on('finish', () => state('finish'));
  client.on('end', () => state('end'));
  client.resume();
  client.on('close', () => {
    state('close');
    setImmediate(() => {
      state('after');
      console.log(log.join('\n'));
    });
    server.close();
  });
});
