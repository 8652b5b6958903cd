// A closed server listens again, on the same port too, also right after connections.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.end(`round ${round}`));
let [port, round] = [0, 0];
for (round = 1; round <= 4; round++) {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  port = server.address().port;
  const client = connect(port, '127.0.0.1');
  console.log(`${(await once(client, 'data'))[0]}`);
  await once(client, 'close');
  server.close();
  await once(server, 'close');
}
console.log(server.listenerCount('connection'));
