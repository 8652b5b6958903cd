// A paused socket keeps what came, its end included, until it is read.
import { connect, createServer } from 'node:net';

const server = createServer({ pauseOnConnect: true }, (socket) => {
  const log = [`paused ${socket.isPaused()} ${socket.readableFlowing}`];
  socket.on('data', (data) => log.push(`data ${data}`));
  socket.on('end', () => log.push('end'));
  setTimeout(() => {
    log.push(`later ${socket.bytesRead} ${socket.readableLength} ${socket.readyState}`);
    socket.resume();
  }, 40);
  socket.on('close', () => {
    console.log(log.join('\n'));
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.end('waiting');
  client.resume();
  client.on('close', (had) => console.log('client close', had));
});
