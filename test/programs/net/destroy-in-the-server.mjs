// A server's socket destroyed in connection, data or end ends the client according to what was left unread.
import { connect, createServer } from 'node:net';

let at = '';
const server = createServer((socket) => {
  const log = [];
  if (at === 'connection') socket.destroy();
  socket.on('data', () => at === 'data' && socket.destroy());
  socket.on('end', () => at === 'end' && socket.destroy());
  for (const event of ['data', 'end', 'finish', 'error']) socket.on(event, () => log.push(event));
  socket.on('close', (had) => server.emit('told', `${log.join(' ')} close ${had}`));
});
server.listen(0, '127.0.0.1', async () => {
  for (at of ['connection', 'data', 'end']) {
    const log = [];
    const told = new Promise((resolve) => server.once('told', resolve));
    await new Promise((resolve) => {
      const client = connect(server.address().port, '127.0.0.1');
      client.on('connect', () => at !== 'connection' && client.end('some'));
      for (const event of ['connect', 'data', 'end', 'finish']) client.on(event, () => log.push(event));
      client.on('error', (error) => log.push(error.code));
      client.resume();
      client.on('close', (had) => {
        log.push(`close ${had}`);
        resolve();
      });
    });
    console.log(at, '| server:', await told, '| client:', log.join(' '));
  }
  server.close();
});
