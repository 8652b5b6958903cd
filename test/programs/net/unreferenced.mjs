// An unreferenced server, or an unreferenced idle socket, does not hold a process.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  socket.unref();
  socket.on('data', (data) => socket.write(data));
});
console.log(server.unref() === server);
server.listen(0, '127.0.0.1', () => {
  console.log('listening');
  const client = connect(server.address().port, '127.0.0.1');
  client.write('ping');
  client.on('data', (data) => {
    if (`${data}` !== 'ping') return;
    console.log(`${data}`, client.unref() === client);
    client.write('whether this is answered is not asked');
    process.nextTick(() => console.log('tick'));
  });
  client.on('close', () => console.log('close?'));
});
process.on('beforeExit', () => console.log('beforeExit'));
process.on('exit', (code) => console.log('exit', code, server.listening));
// The unreferenced server alone would let the process go before it listens: this holds it.
server.once('listening', () => {});
setTimeout(() => console.log('timer'), 250);
