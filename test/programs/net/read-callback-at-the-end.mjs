// With onread on a half-open socket the end comes after the last piece, and writing goes on.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  let text = '';
  socket.end('all that is said');
  socket.on('data', (data) => {
    text += data;
  });
  socket.on('end', () => console.log('server read', text));
});
server.listen(0, '127.0.0.1', () => {
  const log = [];
  const client = connect({
    port: server.address().port,
    host: '127.0.0.1',
    allowHalfOpen: true,
    onread: {
      buffer: Buffer.alloc(5),
      callback: (size, buffer) => {
        log.push(buffer.toString('utf8', 0, size));
      },
    },
  });
  client.on('end', () => {
    log.push('|end');
    client.end('thanks');
  });
  client.on('close', () => {
    console.log(log.join(''), client.bytesRead, client.bytesWritten);
    server.close();
  });
});
