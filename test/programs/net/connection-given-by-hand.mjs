// A server takes a connection event that someone else emits, sockets of another server too.
import { connect, createServer } from 'node:net';

const inner = createServer((socket) => socket.end(`inner ${socket.server === inner}`));
const outer = createServer((socket) => inner.emit('connection', socket));
outer.listen(0, '127.0.0.1', () => {
  const client = connect(outer.address().port, '127.0.0.1');
  client.on('data', (data) => console.log(`${data}`));
  client.on('close', () => {
    console.log(inner.listening);
    outer.close(() => console.log('closed'));
  });
});
