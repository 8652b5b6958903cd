// A socket is disposed of by symbol, and the promise waits for its close.
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.on('close', () => console.log('close'));
socket.bind(0, '127.0.0.1', async () => {
  console.log(typeof socket[Symbol.asyncDispose]);
  console.log('disposed', await socket[Symbol.asyncDispose]?.());
  console.log('again', await socket[Symbol.asyncDispose]?.());
});
