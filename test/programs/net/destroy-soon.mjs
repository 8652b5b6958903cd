// The old destroySoon sends what is written, and closes without waiting for the peer.
import { connect, createServer } from 'node:net';

const log = [];
const server = createServer({ allowHalfOpen: true }, (socket) => {
  let size = 0;
  socket.on('data', (data) => {
    size += data.length;
  });
  socket.on('end', () => {
    console.log('server read', size);
    socket.on('error', (error) => console.log('?', error.code));
    socket.end();
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.on('connect', () => {
    client.write(Buffer.alloc(500_000, 1), () => log.push('written'));
    client.destroySoon();
    log.push(`destroyed ${client.destroyed} writable ${client.writable}`);
  });
  client.on('finish', () => log.push(`finish ${client.destroyed}`));
  client.on('end', () => log.push('end?'));
  client.on('close', (had) => {
    log.push(`close ${had}`);
    console.log(log.join('\n'));
  });
});
