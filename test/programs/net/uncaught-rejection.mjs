// A rejection in an async callback ends the process with code 1, open connections or not.
import { connect, createServer } from 'node:net';

process.on('exit', (code) => console.log('exit', code));
const server = createServer(async (socket) => {
  for await (const data of socket) {
    throw new TypeError(`unhandled ${data}`);
  }
});
server.listen(0, '127.0.0.1', () => {
  connect(server.address().port, '127.0.0.1').write('data');
});
