// A BlockList is asked by the program, address by address.
import { BlockList, connect, createServer, SocketAddress } from 'node:net';

const list = new BlockList();
list.addAddress('127.0.0.3');
list.addRange('127.0.1.0', '127.0.1.9');
list.addSubnet('127.2.0.0', 16);
console.log(list.rules);
const server = createServer((socket) => {
  if (list.check(socket.remoteAddress)) return socket.destroy();
  socket.end(`welcome ${new SocketAddress({ address: socket.remoteAddress }).address}`);
});
server.listen(0, '127.0.0.1', async () => {
  for (const localAddress of ['127.0.0.2', '127.0.0.3', '127.0.1.5', '127.0.1.10', '127.2.3.4']) {
    const client = connect({ port: server.address().port, host: '127.0.0.1', localAddress });
    let text = '';
    for await (const chunk of client) text += chunk;
    console.log(localAddress, text || 'blocked');
  }
  server.close();
});
