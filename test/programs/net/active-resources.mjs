// The process knows of its sockets, and forgets them when they have closed.
import { connect, createServer } from 'node:net';

const count = () =>
  process
    .getActiveResourcesInfo()
    .filter((each) => /TCP/.test(each))
    .sort()
    .join(' ');
console.log('nothing', count());
const server = createServer((socket) => {
  socket.resume();
  socket.on('close', () => server.close());
});
server.listen(0, '127.0.0.1', () => {
  console.log('listening', count());
  const client = connect(server.address().port, '127.0.0.1', () => {
    setTimeout(() => {
      console.log('connected', count());
      client.end();
    }, 10);
  });
  client.resume();
});
