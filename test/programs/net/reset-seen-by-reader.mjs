// A reset reaches a reading peer as ECONNRESET after the data that came before it was read.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  socket.write('last words');
  socket.once('data', () => socket.resetAndDestroy());
  socket.on('close', (had) => console.log('server close', had, socket.errored));
});
server.listen(0, '127.0.0.1', () => {
  const log = [];
  const client = connect(server.address().port, '127.0.0.1');
  client.on('data', (data) => {
    log.push(`data ${data}`);
    client.write('now');
  });
  for (const event of ['end', 'finish', 'drain']) client.on(event, () => log.push(event));
  client.on('error', (error) => log.push(JSON.stringify({ ...error, message: error.message })));
  client.on('close', (had) => {
    log.push(`close ${had} ${client.bytesRead} ${client.readyState}`);
    server.close(() => console.log(log.join('\n')));
  });
});
