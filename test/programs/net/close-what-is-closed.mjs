// Closing a server that does not run is told to the callback, and listening twice is thrown.
import { createServer } from 'node:net';

const server = createServer();
console.log('returns itself', server.close((error) => console.log('never', error.code, error.message)) === server);
server.on('close', () => console.log('close'));
server.listen(0, '127.0.0.1', () => {
  for (const again of [() => server.listen(0), () => server.listen(0, '127.0.0.1')]) {
    try {
      again();
    } catch (error) {
      console.log(error.code, error.message);
    }
  }
  server.close((error) => {
    console.log('first', error);
    server.close((second) => {
      console.log('second', second.code);
    });
  });
  console.log(server.listening, server.address());
});
