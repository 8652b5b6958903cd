// A reset asked for while connecting happens when the connection stands, and not before.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  socket.on('error', (error) => console.log('server', error.code, error.syscall));
  socket.on('close', () => server.close());
  socket.resume();
});
server.listen(0, '127.0.0.1', () => {
  const log = [];
  const client = connect(server.address().port, '127.0.0.1');
  for (const event of ['connect', 'ready', 'end', 'finish']) client.on(event, () => log.push(event));
  client.on('error', (error) => log.push(error.code));
  client.on('close', (had) => {
    log.push(`close ${had}`);
    console.log(log.join('\n'));
  });
  log.push(client.resetAndDestroy() === client, client.destroyed);
});
