// An address that is not ours can be neither listened on nor connected from.
import { connect, createServer } from 'node:net';

const plain = (error) => ({ ...error, message: error.message.replace(/:\d+/g, ':PORT'), port: typeof error.port });
const server = createServer();
server.on('error', (error) => {
  console.log(plain(error), error.port);
  const real = createServer().listen(0, '127.0.0.1', () => {
    const client = connect({ port: real.address().port, host: '127.0.0.1', localAddress: '203.0.113.7' });
    client.on('error', (failed) => console.log(plain(failed)));
    client.on('close', (had) => {
      console.log('close', had);
      real.close();
    });
  });
});
server.listen(0, '203.0.113.7');
