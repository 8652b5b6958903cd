/**
 * A program: the kernel receives one connection, by Node's own `net`. Prints 'ready'; `seconds` after the first byte what
 * has come, as JSON, and ends. Argument: JSON of {@link ReceiverTask}.
 */
import { createServer } from 'node:net';

/** What the receiver is to do. */
export interface ReceiverTask {
  readonly port: number;
  readonly seconds: number;
}

/** What the receiver has seen. */
export interface Received {
  readonly bytes: number;
  readonly seconds: number;
}

const task = JSON.parse(process.argv[2]) as ReceiverTask;
const server = createServer((socket) => {
  let bytes = 0;
  socket.once('data', () => {
    const began = performance.now();
    setTimeout(() => {
      const received: Received = { bytes, seconds: (performance.now() - began) / 1000 };
      console.log(JSON.stringify(received));
      process.exit(0);
    }, task.seconds * 1000);
  });
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  socket.on('error', () => {});
});
server.listen(task.port, () => console.log('ready'));
