// Who asks for the remote address only after the peer has reset gets Node's answer, not an exception.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  socket.on('error', (error) => {
    console.log(error.code, socket.remoteAddress, socket.remotePort, socket.remoteFamily, socket.localAddress);
  });
  socket.on('close', () => {
    console.log('close', socket.remoteAddress, socket.localPort, socket.address());
    server.close();
  });
  socket.resume();
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1', () => setTimeout(() => client.resetAndDestroy(), 10));
  client.write('x');
});
