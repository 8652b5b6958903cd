// What a data callback throws is uncaught, and a handler for it keeps the connection going.
import { connect, createServer } from 'node:net';

process.on('uncaughtException', (error, origin) => console.log('uncaught', error.message, origin));
const server = createServer((socket) => {
  socket.on('data', (data) => {
    socket.write(data);
    throw new Error(`on ${data}`);
  });
  throw new Error('on connection');
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  let turns = 0;
  client.write('first');
  client.on('data', (data) => {
    console.log(`${data}`);
    if (++turns === 2) client.end();
    else client.write('second');
  });
  client.on('close', (had) => {
    console.log('close', had);
    server.close(() => {
      throw new Error('on close');
    });
  });
});
