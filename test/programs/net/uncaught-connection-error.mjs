// An error event that nobody hears ends the process with its code and its text.
import { connect, createServer } from 'node:net';

process.on('exit', (code) => console.log('exit', code));
const server = createServer().listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  server.close(() => {
    const client = connect(port, '127.0.0.1');
    client.once('close', () => console.log('close?'));
    // The port differs between two runs; the rest of the text does not.
    client.prependListener('error', (error) => {
      error.port = 1;
      error.message = error.message.replace(port, 'PORT');
      error.stack = error.stack.replace(port, 'PORT');
      throw error;
    });
  });
});
