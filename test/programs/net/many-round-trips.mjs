// Questions and answers take turns hundreds of times without a pause between them.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.on('data', (data) => socket.write(String(Number(data) + 1))));
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  const began = process.hrtime.bigint();
  client.write('0');
  client.on('data', (data) => {
    if (Number(data) < 500) return client.write(String(data));
    const spent = Number(process.hrtime.bigint() - began) / 1e6;
    console.log(Number(data), spent < 3000 ? 'at once' : `slowly: ${spent} ms`, client.bytesRead, client.bytesWritten);
    client.end();
  });
  client.on('close', () => server.close());
});
