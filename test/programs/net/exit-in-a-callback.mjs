// A process that exits inside a callback exits with its code, whatever is open.
import { connect, createServer } from 'node:net';

process.on('exit', (code) => console.log('exit', code));
const server = createServer((socket) => socket.write('go'));
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.on('data', (data) => {
    console.log(`${data}`);
    process.exitCode = 3;
    client.write('still', () => process.exit(7));
  });
});
