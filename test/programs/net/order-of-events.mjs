// A client's and a server's socket each tell connect, ready, data, end, finish and close in Node's order.
import { connect, createServer } from 'node:net';

const events = ['lookup', 'connect', 'ready', 'data', 'end', 'finish', 'close', 'timeout', 'drain', 'error'];
const watch = (name, socket, log) => {
  for (const event of events) {
    socket.on(event, (...args) => {
      log.push(
        `${name} ${event} ${args.map((each) => (Buffer.isBuffer(each) ? `<${each}>` : String(each))).join(' ')}`,
      );
    });
  }
};

const logs = { client: [], server: [] };
const server = createServer((socket) => {
  watch('server', socket, logs.server);
  socket.on('data', (data) => socket.write(`echo ${data}`));
});
server.on('listening', () => {
  const client = connect({ port: server.address().port, host: 'localhost', family: 4 });
  watch('client', client, logs.client);
  client.write('before', () => logs.client.push('client written'));
  client.on('data', () => client.end(() => logs.client.push('client end callback')));
  client.on('close', () => server.close());
});
server.on('close', () => {
  console.log(logs.client.join('\n'));
  console.log(logs.server.join('\n'));
});
server.listen(0, '127.0.0.1');
