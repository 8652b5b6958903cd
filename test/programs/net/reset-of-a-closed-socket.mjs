// A socket that never was or no longer is open cannot be reset.
import { connect, createServer, Socket } from 'node:net';

const never = new Socket();
never.on('error', (error) => console.log('never', error.code, error.message));
never.on('close', (had) => console.log('never close', had));
never.resetAndDestroy();
const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.on('error', (error) => console.log('error', error.code));
  client.resume();
  client.on('close', () => {
    client.resetAndDestroy();
    console.log('again', client.destroyed, client.errored);
    setImmediate(() => server.close(() => console.log('done')));
  });
});
