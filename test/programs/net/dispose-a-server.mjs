// A server is disposed of by symbol: the promise waits for the close, and twice is harmless.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => setTimeout(() => socket.end('last'), 20));
server.listen(0, '127.0.0.1', async () => {
  console.log(typeof server[Symbol.asyncDispose]);
  const client = connect(server.address().port, '127.0.0.1');
  client.on('data', (data) => console.log(`${data}`));
  client.on('connect', () =>
    setTimeout(async () => {
      const promise = server[Symbol.asyncDispose]();
      console.log(promise instanceof Promise, server.listening);
      console.log('disposed', await promise);
      try {
        console.log('again', await server[Symbol.asyncDispose]());
      } catch (error) {
        console.log('again', error.code);
      }
    }, 5),
  );
});
