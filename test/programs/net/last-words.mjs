// What a program writes before it ends of itself is not lost, though nothing of it keeps the process running.
import { connect, createServer } from 'node:net';

let bytes = 0;
const server = createServer((socket) => {
  socket.on('data', (data) => (bytes += data.length));
  socket.unref();
});
server.listen(0, '127.0.0.1', () => {
  server.unref();
  const client = connect(server.address().port, '127.0.0.1', () => {
    client.write('x'.repeat(10_000), () => console.log('written'));
    client.on('close', () => console.log('closed'));
    client.destroySoon();
  });
});
process.on('exit', (code) => console.log('exit', code, server.listening));
