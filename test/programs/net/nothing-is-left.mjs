// Hundreds of connections and datagram sockets that were opened and closed leave nothing.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import v8 from 'node:v8';
import vm from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');
const server = createServer((socket) => socket.on('error', () => {}).on('data', (data) => socket.write(data)));
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address();
const refused = 1;

const ways = ['end', 'destroy', 'resetAndDestroy', 'destroySoon'];
const one = (i) =>
  new Promise((resolve) => {
    const client = connect(i % 20 === 0 ? refused : port, '127.0.0.1');
    client.on('error', () => {}).on('close', resolve);
    client.once('data', () => client[ways[i % ways.length]]());
    client.write('hello');
  });
async function exchange(count) {
  for (let i = 0; i < count; i += 50) await Promise.all(Array.from({ length: 50 }, (_, k) => one(i + k)));
  for (let i = 0; i < count / 10; i++) {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.send('x', socket.address().port, '127.0.0.1');
    await once(socket, 'message');
    socket.close();
  }
}
async function heap() {
  // The end of a connection is remembered for a while.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  for (let i = 0; i < 4; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

await exchange(200);
const before = await heap();
await exchange(600);
const grown = (await heap()) - before;
console.log(grown < 1_000_000 ? 'as before' : `${grown} bytes more`);
// Not the program's own output.
const active = () => process.getActiveResourcesInfo().filter((each) => each !== 'PipeWrap');
console.log(active().join(), process._getActiveRequests().length);
server.getConnections((_, count) => server.close(() => console.log(count, active().join())));
