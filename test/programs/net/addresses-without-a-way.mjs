// Broadcast, multicast and port zero have no TCP behind them; 0.0.0.0 is this machine.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  console.log('server', socket.remoteAddress, socket.localAddress);
  socket.end();
});
server.listen(0, '0.0.0.0', async () => {
  const { port } = server.address();
  for (const [host, at] of [
    ['255.255.255.255', port],
    ['224.0.0.251', port],
    ['127.0.0.1', 0],
    ['0.0.0.0', port],
    ['127.77.88.99', port],
  ]) {
    await new Promise((resolve) => {
      const client = connect(at, host);
      client.on('connect', () => console.log(host, 'connect', client.localAddress, client.remoteAddress));
      client.on('error', (error) => console.log(host, error.code, error.syscall, error.address, error.port === at));
      client.resume();
      client.on('close', (had) => resolve(console.log(host, 'close', had)));
    });
  }
  server.close();
});
