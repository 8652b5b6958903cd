// highWaterMark of a server is its sockets'; a client's is its own, and reading keeps to it.
import { connect, createServer } from 'node:net';

const server = createServer({ highWaterMark: 1000 }, (socket) => {
  console.log('server', socket.readableHighWaterMark, socket.writableHighWaterMark);
  console.log(socket.write('x'.repeat(999)), socket.writableHighWaterMark);
  socket.end(Buffer.alloc(100_000));
  socket.resume();
});
server.listen(0, '127.0.0.1', () => {
  const client = connect({
    port: server.address().port,
    host: '127.0.0.1',
    highWaterMark: 10,
    readableHighWaterMark: 5000,
  });
  console.log('client', client.readableHighWaterMark, client.writableHighWaterMark);
  console.log(client.write('123456789'), client.write('0'), client.writableNeedDrain);
  client.on('drain', () => console.log('drain'));
  client.once('readable', () => {
    client.resume();
  });
  client.on('end', () => console.log(client.bytesRead));
  client.on('close', () => server.close());
});
