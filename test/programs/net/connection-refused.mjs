// A refused connection is an error with all its fields, then close, and every waiting callback hears of it.
import { connect, createServer } from 'node:net';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  server.close(() => {
    const client = connect(port, '127.0.0.1', () => console.log('connected?'));
    const told = (error) =>
      error && { ...error, message: error.message.replace(port, 'PORT'), port: error.port === port, name: error.name };
    console.log('first', client.connecting, client.pending);
    client.write('lost', (error) => console.log('write callback', told(error)));
    client.end('lost too', (error) => console.log('end callback', told(error)));
    for (const event of ['connect', 'ready', 'end', 'finish', 'timeout']) client.on(event, () => console.log(event));
    client.on('error', (error) =>
      console.log('error', told(error), client.destroyed, client.connecting, client.pending),
    );
    client.on('close', (had) => {
      console.log('close', had, client.destroyed, client.readyState, client.bytesWritten, client.errored === null);
      console.log(client.remoteAddress, client.localAddress, client.address());
    });
  });
});
