// A client may choose the address and the port that it comes from.
import { connect, createServer } from 'node:net';

const spare = createServer().listen(0, '127.0.0.5', () => {
  const localPort = spare.address().port;
  spare.close(() => {
    const server = createServer((socket) => {
      console.log('server', socket.remoteAddress, socket.remotePort === localPort, socket.remoteFamily);
      console.log('server', socket.localAddress, socket.localPort === server.address().port, socket.localFamily);
      socket.end();
      server.close();
    });
    server.listen(0, '127.0.0.1', () => {
      const client = connect({ port: server.address().port, host: '127.0.0.1', localAddress: '127.0.0.5', localPort });
      client.on('connect', () => {
        console.log(
          'client',
          client.localAddress,
          client.localPort === localPort,
          client.address().family,
          client.address().address,
        );
      });
      client.resume();
    });
  });
});
