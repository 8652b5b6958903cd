// A program that has replaced the clock, the timers and the ways to load files still has its network.
import { createSocket } from 'node:dgram';
import fs from 'node:fs';
import Module from 'node:module';
import { connect, createServer } from 'node:net';

const never = () => {
  throw new Error('is not to be called');
};
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'queueMicrotask']) {
  globalThis[name] = never;
}
globalThis.Date = { now: never };
performance.now = never;
fs.readFileSync = never;
Module._load = never;
Module.prototype.require = never;
Object.defineProperty(Object.prototype, 'polluted', { value: 1, enumerable: true, configurable: true });

const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1', () => client.end('a'.repeat(100_000)));
  let bytes = 0;
  client.on('data', (data) => (bytes += data.length));
  client.on('close', () => {
    console.log(bytes);
    server.close(datagrams);
  });
});

function datagrams() {
  const socket = createSocket('udp4', (data) => {
    console.log(String(data));
    socket.close();
  });
  socket.bind(0, '127.0.0.1', () => socket.send('datagram', socket.address().port, '127.0.0.1'));
}
