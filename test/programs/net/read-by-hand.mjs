// readable and read(n) take exactly what is asked, and unshift gives it back.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  const frame = (text) => {
    const body = Buffer.from(text);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    socket.write(head.subarray(0, 1));
    socket.write(Buffer.concat([head.subarray(1), body]));
  };
  for (const text of ['first', 'x'.repeat(70_000), '', 'last']) frame(text);
  socket.end();
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  let wanted = 4;
  let head = true;
  client.on('readable', () => {
    for (;;) {
      if (!head && wanted === 0) {
        console.log('frame of 0');
        [head, wanted] = [true, 4];
      }
      let bytes = client.read(wanted);
      if (bytes === null) return;
      if (head && bytes[0] === 0 && bytes.length === 4) {
        client.unshift(bytes.subarray(2));
        bytes = Buffer.concat([bytes.subarray(0, 2), client.read(2)]);
      }
      if (head) [head, wanted] = [false, bytes.readUInt32BE()];
      else {
        console.log('frame of', bytes.length, bytes.toString('utf8', 0, 5));
        [head, wanted] = [true, 4];
      }
    }
  });
  client.on('end', () => console.log('end', client.readableEnded, client.bytesRead));
  client.on('close', () => server.close());
});
