// A client that wants the port of a listener is told so when it connects.
import { connect, createServer } from 'node:net';

const server = createServer().listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const client = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1', localPort: port });
  console.log(client.connecting);
  client.on('error', (error) => {
    console.log(error.code, error.syscall, error.errno, error.address, error.message.replaceAll(port, 'PORT'));
  });
  client.on('close', (had) => {
    console.log('close', had);
    server.close();
  });
});
