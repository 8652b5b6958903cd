// A server has an address only while it listens.
import { createServer } from 'node:net';

const server = createServer();
console.log('new', server.address(), server.listening);
server.listen({ port: 0, host: '127.0.0.1' });
console.log('listen called', server.listening, server.address() === null || server.address().address);
server.on('listening', () => {
  const { address, family, port } = server.address();
  console.log('listening', address, family, typeof port, port > 0, server.listening);
  server.close();
  console.log('close called', server.address(), server.listening);
});
server.on('close', () => {
  console.log('close', server.address());
  if (again) return;
  again = true;
  server.listen(0, '127.0.0.2');
});
let again = false;
