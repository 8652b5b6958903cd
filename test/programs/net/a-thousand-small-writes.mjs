// Thousands of small writes arrive whole, in order, each called back in order.
import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';

const server = createServer({ noDelay: true }, (socket) => {
  const hash = createHash('sha256');
  socket.on('data', (data) => hash.update(data));
  socket.on('end', () => {
    console.log(hash.digest('hex'), socket.bytesRead);
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1').setNoDelay();
  let [last, wrong] = [-1, 0];
  const hash = createHash('sha256');
  const write = (i) => {
    const text = `${i},`;
    hash.update(text);
    client.write(text, () => {
      if (i !== last + 1) wrong++;
      last = i;
    });
  };
  client.on('connect', () => {
    for (let i = 0; i < 2000; i++) write(i);
    let i = 2000;
    const slowly = () => {
      write(i++);
      if (i < 3000) setImmediate(slowly);
      else client.end(() => console.log(hash.digest('hex'), last, wrong));
    };
    slowly();
  });
  client.resume();
});
