// Sockets and servers are made without new, and by subclasses, and are what they say.

import { EventEmitter } from 'node:events';
import net, { connect, createConnection, createServer, Server, Socket, Stream } from 'node:net';
import { Duplex } from 'node:stream';

class Counted extends Socket {
  count = 0;
  write(...args) {
    this.count++;
    return super.write(...args);
  }
}
function Old(options) {
  if (!(this instanceof Old)) return new Old(options);
  Socket.call(this, options);
}
Object.setPrototypeOf(Old.prototype, Socket.prototype);

console.log(
  Socket() instanceof Socket,
  Server() instanceof Server,
  new Counted() instanceof Duplex,
  Old({}) instanceof Socket,
);
console.log(
  Stream === Socket,
  connect === createConnection,
  net.Server === Server,
  createServer() instanceof EventEmitter,
);
const server = Server((socket) => {
  console.log(socket instanceof Socket, socket.server === server, socket.constructor.name);
  socket.pipe(socket);
});
server.listen(0, '127.0.0.1', () => {
  const counted = new Counted({ allowHalfOpen: true });
  console.log(counted.connect(server.address().port, '127.0.0.1') === counted);
  counted.write('a');
  counted.write('b');
  counted.end();
  counted.on('data', () => {});
  counted.on('close', () => {
    const old = Old();
    old.connect({ port: server.address().port, host: '127.0.0.1' }, () => old.end('old'));
    old.on('data', (data) => console.log(`${data}`, counted.count));
    old.on('close', () => server.close());
  });
});
