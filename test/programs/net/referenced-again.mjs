// A server unreferenced and referenced again holds the process until it is closed.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  console.log('connection', server.ref() === server);
  socket.end('bye');
}).listen(0, '127.0.0.1', () => {
  server.unref();
  const client = connect(server.address().port, '127.0.0.1');
  client.unref();
  client.ref();
  client.on('data', (data) => console.log(`${data}`));
  client.on('close', () => {
    setTimeout(() => server.close(() => console.log('closed')), 30).unref();
    console.log('client close');
  });
});
process.on('exit', () => console.log('exit'));
