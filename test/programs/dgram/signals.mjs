// A signal closes its socket, and one already aborted closes it before it is used.
import { createSocket } from 'node:dgram';

const controller = new AbortController();
const socket = createSocket({ type: 'udp4', signal: controller.signal });
for (const event of ['listening', 'error', 'close']) socket.on(event, () => console.log(event));
socket.bind(0, '127.0.0.1', () => {
  controller.abort();
  console.log('aborted');
  try {
    socket.send('x', 9, '127.0.0.1');
  } catch (error) {
    console.log(error.code);
  }
  const early = createSocket({ type: 'udp4', signal: AbortSignal.abort() });
  early.on('close', () => console.log('early close'));
  setTimeout(() => {
    try {
      early.bind(0);
    } catch (error) {
      console.log(error.code);
    }
  }, 10);
});
