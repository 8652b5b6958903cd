// Close comes after the immediates of the turn that destroyed, for sockets and for servers.
import { connect, createServer } from 'node:net';

const log = [];
const turn = (name) => {
  setImmediate(() => log.push(`${name} immediate`));
  process.nextTick(() => log.push(`${name} tick`));
  Promise.resolve().then(() => log.push(`${name} promise`));
};
const server = createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1', () => {
    client.on('close', () => {
      log.push('socket close');
      const idle = createServer().listen(0, '127.0.0.1', () => {
        idle.close(() => {
          log.push('server close');
          server.close(() => console.log(log.join('\n')));
        });
        turn('server');
      });
    });
    client.destroy();
    turn('socket');
  });
});
