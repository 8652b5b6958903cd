// A half-open client goes on to write after the server has ended.
import { connect, createServer } from 'node:net';

const logs = { server: [], client: [] };
let left = 2;
const done = () => {
  if (--left > 0) return;
  server.close();
  console.log(logs.server.join('\n'));
  console.log(logs.client.join('\n'));
};
const server = createServer((socket) => {
  let text = '';
  socket.end('first and last');
  socket.on('data', (data) => {
    text += data;
  });
  socket.on('finish', () => logs.server.push(`finish ${socket.writable} ${socket.readable}`));
  socket.on('end', () => logs.server.push(`end ${text} ${socket.readyState}`));
  socket.on('close', (had) => {
    logs.server.push(`close ${had} ${socket.bytesRead} ${socket.bytesWritten}`);
    done();
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('data', (data) => logs.client.push(`data ${data}`));
  client.on('end', () => {
    logs.client.push(`end ${client.readyState} ${client.allowHalfOpen}`);
    setTimeout(() => client.write('still ', () => logs.client.push('written')), 10);
    setTimeout(() => client.end('here'), 20);
  });
  client.on('finish', () => logs.client.push(`finish ${client.destroyed}`));
  client.on('close', (had) => {
    logs.client.push(`close ${had} ${client.bytesRead} ${client.bytesWritten}`);
    done();
  });
});
