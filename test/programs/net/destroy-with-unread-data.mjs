// Whoever closes with data unread resets the connection.
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const server = createServer({ pauseOnConnect: true }, async (socket) => {
  await pause(40);
  socket.destroy();
  socket.on('close', (had) => console.log('server close', had, socket.bytesRead));
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.write('never read');
  client.on('error', (error) => console.log('client', error.code, error.syscall));
  client.on('end', () => console.log('end?'));
  client.resume();
  client.on('close', (had) => {
    console.log('client close', had);
    server.close();
  });
});
