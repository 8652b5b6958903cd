// Before it connects a socket takes its high water mark, then says false, and drains once.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  socket.resume();
  socket.on('end', () => socket.end());
});
server.listen(0, '127.0.0.1', () => {
  const port = server.address().port;
  const client = connect(port, '127.0.0.1');
  let [count, drains] = [1, 0];
  while (client.write('x'.repeat(1000))) count++;
  console.log(
    count,
    client.writableLength,
    client.writableHighWaterMark,
    client.writableNeedDrain,
    client.bufferSize,
    client.bytesWritten,
  );
  client.on('drain', () => {
    drains++;
    console.log('drain', client.writableLength, client.writableNeedDrain, client.bytesWritten);
    client.end();
  });
  client.resume();
  client.on('close', () => {
    console.log('drains', drains);
    server.close();
  });
});
