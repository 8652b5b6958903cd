// A proxy of pipes carries both ways, half-closes included, and dies with either end.
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';

const origin = createServer({ allowHalfOpen: true }, (socket) => {
  let size = 0;
  socket.on('data', (data) => {
    size += data.length;
  });
  socket.on('end', () => socket.end(`${size} bytes`));
});
const outcomes = [];
const proxy = createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ port: origin.address().port, host: '127.0.0.1', allowHalfOpen: true });
  pipeline(near, far, (error) => outcomes.push(`up ${error?.code}`));
  pipeline(far, near, (error) => outcomes.push(`down ${error?.code}`));
});
origin.listen(0, '127.0.0.1', () => {
  proxy.listen(0, '127.0.0.1', () => {
    const client = connect({ port: proxy.address().port, host: '127.0.0.1' });
    client.end(Buffer.alloc(1_500_000));
    client.on('data', (data) => console.log(`${data}`));
    client.on('close', (had) => {
      console.log('close', had);
      proxy.close(() => {
        console.log(outcomes.sort().join(', '));
        origin.close();
      });
    });
  });
});
