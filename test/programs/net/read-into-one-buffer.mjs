// With onread each piece comes into the one buffer, and no data event is told.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.end('0123456789'.repeat(3000)));
server.listen(0, '127.0.0.1', () => {
  const buffer = Buffer.alloc(1000);
  let [text, same, most] = ['', true, 0];
  const client = connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer,
      callback(size, into) {
        same &&= into === buffer && this === client;
        most = Math.max(most, size);
        text += into.toString('latin1', 0, size);
      },
    },
  });
  client.on('data', () => console.log('data?'));
  client.on('end', () => console.log('end', text === '0123456789'.repeat(3000), same, most, client.bytesRead));
  client.on('close', (had) => {
    console.log('close', had);
    server.close();
  });
});
