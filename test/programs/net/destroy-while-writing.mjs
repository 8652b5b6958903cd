// What was written but not sent when a socket is destroyed fails in its callbacks, in order.
import { connect, createServer } from 'node:net';

const server = createServer({ pauseOnConnect: true }, (socket) => {
  socket.on('error', () => {});
  const client = clients.shift();
  const log = [];
  const big = Buffer.alloc(32 * 1024 * 1024);
  client.write(big, (error) => log.push(`big ${error?.code} ${error?.syscall} ${error?.message}`));
  client.write('one', (error) => log.push(`one ${error?.code} ${error?.message}`));
  client.write('two', (error) => log.push(`two ${error?.code}`));
  client.end((error) => log.push(`end ${error?.code}`));
  client.on('finish', () => log.push('finish'));
  client.on('error', (error) => log.push(`error ${error.code}`));
  client.on('close', (had) => {
    log.push(`close ${had}`);
    setImmediate(() => {
      console.log(log.join('\n'));
      server.close();
      socket.destroy();
    });
  });
  setTimeout(() => {
    client.destroy();
    client.write('after', (error) => log.push(`after ${error?.code}`));
    log.push('destroyed');
  }, 30);
});
const clients = [];
server.listen(0, '127.0.0.1', () => clients.push(connect(server.address().port, '127.0.0.1')));
