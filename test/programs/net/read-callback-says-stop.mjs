// When onread's callback answers false reading stops, until resume.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.end('x'.repeat(20_000)));
server.listen(0, '127.0.0.1', () => {
  let [calls, total, stopped] = [0, 0, false];
  const client = connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer: Buffer.alloc(500),
      callback: (size) => {
        if (stopped) console.log('read while stopped');
        total += size;
        if (++calls % 8 !== 0) return true;
        stopped = true;
        setTimeout(() => {
          stopped = false;
          client.resume();
        }, 2);
        return false;
      },
    },
  });
  client.on('end', () => console.log('end', total, calls));
  client.on('close', (had) => {
    console.log('close', had, client.bytesRead);
    server.close();
  });
});
