// Lines are read from a socket by readline, however they were cut.
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const server = createServer(async (socket) => {
  for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) {
    socket.write(`${line.length}:${line}\r\n`);
  }
  socket.end('bye');
});
server.on('connection', (socket) => {
  socket.allowHalfOpen = true;
});
server.listen(0, '127.0.0.1', async () => {
  const client = connect(server.address().port, '127.0.0.1').setNoDelay();
  const text = 'first\r\nsecond ü\n\nlong '.concat('x'.repeat(5000), '\nlast without an end');
  (async () => {
    for (let i = 0; i < text.length; i += 701) {
      client.write(text.slice(i, i + 701));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    client.end();
  })();
  const lines = [];
  for await (const line of createInterface({ input: client })) lines.push(line.slice(0, 40));
  console.log(lines.join('\n'));
  server.close();
});
