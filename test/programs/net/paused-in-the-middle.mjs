// Pausing in a data callback stops at that piece; the end does not overtake it.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.end(Buffer.alloc(300_000, 'z')));
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  let [paused, size, pauses, wrong] = [false, 0, 0, 0];
  client.on('data', (data) => {
    if (paused) wrong++;
    size += data.length;
    if (pauses >= 3) return;
    pauses++;
    paused = true;
    client.pause();
    setTimeout(() => {
      paused = false;
      client.resume();
    }, 5);
  });
  client.on('end', () => console.log('end', paused, size, wrong, pauses > 0));
  client.on('close', () => server.close());
});
