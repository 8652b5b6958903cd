// Writing after end is an error of the program, told by callback and event, and closes the socket.
import { connect, createServer } from 'node:net';

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.resume();
  socket.on('end', () => socket.end());
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.on('connect', () => {
    client.end('bye');
    console.log(
      'returned',
      client.write('more', (error) => console.log('callback', error.code, error.message)),
    );
    console.log(client.writable, client.writableEnded, client.destroyed);
  });
  client.on('finish', () => console.log('finish'));
  client.on('error', (error) => console.log('error', error.code, error.message));
  client.on('close', (had) => {
    console.log('close', had);
    server.close();
  });
});
