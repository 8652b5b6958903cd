// With captureRejections an async handler that rejects destroys its socket and no more.

import events from 'node:events';
import { connect, createServer } from 'node:net';

events.captureRejections = true;
const server = createServer((socket) => {
  socket.on('error', (error) => console.log('server socket', error.message, socket.destroyed));
  socket.on('close', (had) => console.log('server close', had));
  socket.on('data', async (data) => {
    throw new Error(`rejected ${data}`);
  });
});
server.on('error', (error) => console.log('server error?', error.message));
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.write('data');
  client.resume();
  const log = [];
  client.on('end', () => log.push('end'));
  client.on('close', (had) => {
    log.push(`close ${had}`);
    server.close(() => console.log(log.join(' ')));
  });
});
