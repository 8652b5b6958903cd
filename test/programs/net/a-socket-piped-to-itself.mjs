// A socket piped to itself echoes until the peer ends, and ends itself then.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  socket.pipe(socket);
  socket.on('unpipe', () => console.log('unpipe'));
  socket.on('close', (had) => console.log('server close', had, socket.bytesRead === socket.bytesWritten));
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  let back = '';
  client.setEncoding('utf8');
  const lines = ['eins\n', 'zwei ü\n', 'drei €\n', '🙂\n'];
  client.write(lines.shift());
  client.on('data', (data) => {
    back += data;
    if (!back.endsWith('\n')) return;
    const next = lines.shift();
    if (next === undefined) client.end();
    else client.write(next);
  });
  client.on('end', () => console.log(JSON.stringify(back), client.bytesRead));
  client.on('close', () => server.close());
});
