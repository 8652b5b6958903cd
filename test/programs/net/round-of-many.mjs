// Connections are accepted one a turn of the loop, and the end of one comes with its last bytes.
import { connect, createServer } from 'node:net';

const log = [];
let asked = false;
const turn = () => {
  if (asked) return;
  asked = true;
  setImmediate(() => {
    asked = false;
    log.push('turn');
  });
};
const watch = (socket, name) => {
  for (const event of ['data', 'end', 'close']) {
    socket.on(event, () => {
      turn();
      if (name !== '') log.push(`${name} ${event}`);
    });
  }
};
let count = 0;
const server = createServer((socket) => {
  turn();
  log.push(`connection ${++count}`);
  watch(socket, count === 1 ? 'first' : '');
  socket.end('s');
});
server.listen(0, '127.0.0.1', () => {
  let left = 3;
  for (let i = 0; i < 3; i++) {
    const client = connect(server.address().port, '127.0.0.1');
    watch(client, '');
    client.end('c');
    client.on('close', () => --left === 0 && server.close(() => console.log(log.slice(0, 6).join('\n'))));
  }
});
