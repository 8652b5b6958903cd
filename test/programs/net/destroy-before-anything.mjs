// A socket destroyed in the tick that made it, or before it ever connected, says close alone.
import { connect, createServer, Socket } from 'node:net';

const server = createServer(() => console.log('connection?'));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const log = (name, socket) => {
    for (const event of ['lookup', 'connect', 'ready', 'end', 'finish', 'error']) {
      socket.on(event, (error) => console.log(name, event, error?.code));
    }
    return new Promise((resolve) =>
      socket.on('close', (had) => {
        console.log(name, 'close', had, socket.connecting, socket.pending);
        resolve();
      }),
    );
  };
  const never = new Socket();
  const early = connect(port, 'localhost');
  const done = [log('never', never), log('early', early)];
  early.write('x', (error) => console.log('early write', error?.code));
  never.destroy();
  early.destroy();
  try {
    console.log(
      early.connecting,
      never.connecting,
      never.write('y', (error) => console.log('never write', error.code)),
    );
  } catch (error) {
    console.log(error.code);
  }
  Promise.all(done).then(() => server.close(() => console.log('closed')));
});
