// When both ends end at once both see end, finish and a close without an error.
import { connect, createServer } from 'node:net';

const logs = { server: [], client: [] };
const watch = (socket, log) => {
  for (const event of ['end', 'finish', 'error']) socket.on(event, () => log.push(event));
  socket.on('close', (had) => log.push(`close ${had} ${socket.bytesRead} ${socket.bytesWritten}`));
  socket.resume();
};
let left = 20;
const server = createServer((socket) => {
  watch(socket, logs.server);
  socket.end('s');
});
server.listen(0, '127.0.0.1', () => {
  for (let i = 0; i < 20; i++) {
    const client = connect(server.address().port, '127.0.0.1');
    watch(client, logs.client);
    client.end('c');
    client.on('close', () => --left === 0 && server.close());
  }
});
server.on('close', () => {
  const count = (log, what) => log.filter((each) => each === what).length;
  for (const [name, log] of Object.entries(logs)) {
    console.log(
      name,
      [...new Set(log)]
        .sort()
        .map((what) => `${what}: ${count(log, what)}`)
        .join(', '),
    );
  }
});
