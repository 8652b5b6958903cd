// A server that closes refuses the new and waits for the old.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.pipe(socket));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const old = connect(port, '127.0.0.1');
old.write('one');
console.log(`${(await once(old, 'data'))[0]}`);
let closed = false;
server.close(() => {
  closed = true;
  console.log('closed');
});
const late = connect(port, '127.0.0.1');
const error = await once(late, 'connect').catch((each) => each);
console.log(error.code);
old.write('two');
console.log(`${(await once(old, 'data'))[0]}`, closed, server.listening);
const again = createServer().listen(port, '127.0.0.1');
await once(again, 'listening');
console.log('the port is free again, though a connection of it lives');
again.close();
old.end();
await once(old, 'close');
