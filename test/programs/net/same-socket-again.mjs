// A socket that has closed connects again, forgets its bytes, and a second connect while connecting is told.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (data) => socket.end(`${data}!`));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const client = connect(port, '127.0.0.1');
  let round = 1;
  client.on('connect', () => {
    console.log('connect', round, client.bytesRead, client.bytesWritten, client.destroyed);
    client.write('x'.repeat(round));
  });
  client.on('data', (data) => console.log('data', `${data}`));
  client.on('end', () => console.log('end', client.bytesRead));
  client.on('error', (error) => console.log('error', error.code));
  client.on('close', (had) => {
    console.log('close', had, client.bytesRead, client.bytesWritten);
    if (++round > 3) return server.close();
    console.log(client.connect(port, '127.0.0.1') === client, client.connecting, client.destroyed);
  });
});
