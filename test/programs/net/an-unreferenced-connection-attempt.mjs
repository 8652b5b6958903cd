// A connection attempt that is unreferenced lets the process go.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.unref()).listen(0, '127.0.0.1', () => {
  server.unref();
  const client = connect(server.address().port, '127.0.0.1');
  client.on('close', () => console.log('close?'));
  client.unref();
  process.on('exit', (code) => console.log('exit', code));
});
