// Corked writes wait, leave together, call back in order, and count their corks.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  let seen = '';
  socket.on('data', (data) => {
    seen += data;
  });
  socket.on('end', () => {
    console.log('server', seen);
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const log = [];
  const client = connect(server.address().port, '127.0.0.1');
  client.resume();
  client.on('connect', () => {
    client.cork();
    client.cork();
    client.write('a', () => log.push('a'));
    client.write(Buffer.from('b'), () => log.push('b'));
    client.write('63', 'hex', () => log.push('c'));
    log.push(`corked ${client.writableCorked} ${client.writableLength} ${client.bytesWritten}`);
    client.uncork();
    log.push(`corked ${client.writableCorked} ${client.writableLength}`);
    setTimeout(() => {
      log.push('later');
      client.uncork();
      log.push(`uncorked ${client.writableCorked}`);
      client.uncork();
      client.cork();
      client.write('d', () => log.push('d'));
      client.end('e', () => log.push('end'));
    }, 10);
  });
  client.on('close', () => console.log(log.join('\n')));
});
