// Sockets and servers can be inspected, serialised by hand and named at every moment.
import { connect, createServer } from 'node:net';
import { inspect } from 'node:util';

const outline = (thing) => inspect(thing, { depth: 0 }).split(' ')[0];
const names = (thing) => Object.keys(thing).sort().join(' ');
const server = createServer((socket) => {
  console.log(outline(socket), inspect(socket).length > 500, String(socket), Object.prototype.toString.call(socket));
  console.log(names(socket));
  socket.end();
});
console.log(outline(server), names(server));
server.listen(0, '127.0.0.1', () => {
  console.log(server._connectionKey.replace(/\d+$/, 'PORT'), server._handle.constructor.name, typeof server._handle.fd);
  const client = connect(server.address().port, '127.0.0.1');
  console.log(inspect(client).includes('_handle: TCP {'), client._handle.constructor.name);
  client.on('connect', () =>
    console.log(
      names(client),
      client._handle.reading,
      typeof client._handle.bytesRead,
      typeof client._handle.bytesWritten,
    ),
  );
  client.resume();
  client.on('close', () => {
    console.log(client._handle, inspect(client).startsWith('<ref *1> Socket {'));
    server.close(() => console.log(server._handle, inspect(server).startsWith('Server {')));
  });
});
