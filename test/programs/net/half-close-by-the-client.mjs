// A client that has ended goes on to read what a half-open server still writes.
import { connect, createServer } from 'node:net';

const logs = { server: [], client: [] };
let left = 2;
const done = () => {
  if (--left > 0) return;
  server.close();
  console.log(logs.server.join('\n'));
  console.log(logs.client.join('\n'));
};
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('data', (data) => logs.server.push(`data ${data}`));
  socket.on('end', () => {
    logs.server.push(`end ${socket.readyState} ${socket.writable} ${socket.readable} ${socket.readableEnded}`);
    let count = 0;
    const timer = setInterval(() => {
      socket.write(`${++count} `);
      if (count < 3) return;
      clearInterval(timer);
      socket.end('done', () => logs.server.push('ended'));
    }, 5);
  });
  socket.on('finish', () => logs.server.push('finish'));
  socket.on('close', (had) => {
    logs.server.push(`close ${had}`);
    done();
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = connect({ port: server.address().port, host: '127.0.0.1' });
  let text = '';
  client.end('question', () => logs.client.push('end callback'));
  client.on('connect', () => logs.client.push(`connect ${client.readyState}`));
  client.on('finish', () =>
    setImmediate(() => logs.client.push(`after finish ${client.readyState} ${client.writable}`)),
  );
  client.on('data', (data) => {
    text += data;
  });
  client.on('end', () => logs.client.push(`end ${text} ${client.readyState} ${client.destroyed}`));
  client.on('close', (had) => {
    logs.client.push(`close ${had} ${client.readyState}`);
    done();
  });
});
