// A client destroyed in any of its callbacks says close once, and nothing after it.
import { connect, createServer } from 'node:net';

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', () => socket.write('answer'));
  socket.on('end', () => socket.end());
});
const events = ['lookup', 'connect', 'ready', 'data', 'end', 'finish', 'drain', 'timeout', 'close'];
server.listen(0, '127.0.0.1', async () => {
  for (const at of events) {
    const log = [];
    await new Promise((resolve) => {
      const client = connect({ port: server.address().port, host: 'localhost', family: 4 });
      for (const event of events) {
        client.on(event, () => {
          log.push(event);
          if (event === at) {
            client.destroy();
            setTimeout(resolve, 30);
          }
        });
      }
      client.on('error', (error) => log.push(error.code));
      if (at === 'timeout') return client.setTimeout(200);
      client.write('x'.repeat(20_000));
      client.on('data', () => client.end());
    });
    console.log(at, '->', log.join(' '));
  }
  server.close();
});
