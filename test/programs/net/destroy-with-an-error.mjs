// An error given to destroy is told on this side only; the peer sees an end.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  socket.on('error', (error) => console.log('server', error.message, socket.destroyed, socket.errored === error));
  socket.on('close', (had) => console.log('server close', had));
  const returned = socket.destroy(new Error('enough'));
  console.log(returned === socket, socket.destroyed, socket.readable, socket.writable, socket.closed);
  socket.destroy(new Error('a second time'));
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  const log = [];
  client.on('error', (error) => log.push(error.code));
  client.on('end', () => log.push('end'));
  client.resume();
  client.on('close', (had) => {
    log.push(`close ${had}`);
    server.close(() => console.log(log.join('\n')));
  });
});
