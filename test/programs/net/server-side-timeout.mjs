// A server's socket that hears nothing times out, and one that is destroyed then ends its client.
import { connect, createServer } from 'node:net';

const logs = { server: [], client: [] };
let left = 2;
const done = () => {
  if (--left > 0) return;
  server.close();
  console.log(logs);
};
const server = createServer((socket) => {
  socket.setTimeout(30);
  socket.on('timeout', () => {
    // On a busy machine it might time out once more before it has ended.
    socket.setTimeout(0);
    logs.server.push('timeout');
    socket.end('too slow', () => logs.server.push('ended'));
  });
  socket.on('end', () => logs.server.push('end'));
  socket.on('close', (had) => {
    logs.server.push(`close ${had}`);
    done();
  });
  socket.resume();
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.on('data', (data) => logs.client.push(`${data}`));
  client.on('end', () => logs.client.push('end'));
  client.on('close', (had) => {
    logs.client.push(`close ${had}`);
    done();
  });
});
