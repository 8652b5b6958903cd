// A socket that nobody reads tells neither end nor close, though its peer has long ended.
import { connect, createServer } from 'node:net';

const log = [];
const server = createServer((socket) => socket.end('unread'));
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  for (const event of ['end', 'close', 'finish', 'readable'])
    client.on(event === 'readable' ? 'none' : event, () => log.push(event));
  setTimeout(() => {
    log.push(`waited ${client.destroyed} ${client.bytesRead} ${client.readableLength}`);
    client.resume();
  }, 50);
  client.on('close', () => server.close(() => console.log(log.join('\n'))));
});
