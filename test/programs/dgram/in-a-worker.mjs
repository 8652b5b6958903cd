// A worker thread has datagrams of its own and ends when they are closed.
import { createSocket } from 'node:dgram';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.on('message', (message) => console.log(message));
  worker.on('exit', (code) => console.log('exit', code));
} else {
  const socket = createSocket('udp4');
  socket.on('message', (message, { address }) => {
    parentPort.postMessage(`${message} ${address}`);
    socket.close();
  });
  socket.bind(0, '127.0.0.1', () => socket.send('from a worker', socket.address().port, '127.0.0.1'));
}
