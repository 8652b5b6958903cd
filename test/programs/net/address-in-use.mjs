// Two servers cannot listen on one address, and the second says so with all its fields.
import { createServer } from 'node:net';

const first = createServer();
first.listen(0, '127.0.0.1', () => {
  const { port } = first.address();
  const second = createServer();
  second.on('listening', () => console.log('listening?'));
  second.on('error', (error) => {
    console.log({ ...error, message: error.message.replaceAll(port, 'PORT'), port: error.port === port });
    console.log(second.listening, second.address());
    second.close((again) => {
      console.log(again.code, again.message);
      first.close(() => console.log('closed'));
    });
  });
  second.on('close', () => console.log('close of the second'));
  second.listen(port, '127.0.0.1');
  console.log('listening', second.listening, second.address());
});
