// A worker that is terminated with connections open takes nothing else with it.
import { connect, createServer } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.on('message', async (message) => {
    console.log(message);
    console.log('terminated', await worker.terminate());
    const server = createServer((socket) => socket.end('still here')).listen(0, '127.0.0.1', () => {
      const client = connect(server.address().port, '127.0.0.1');
      client.on('data', (data) => console.log(`${data}`));
      client.on('close', () => server.close());
    });
  });
} else {
  const server = createServer((socket) => socket.write('x')).listen(0, '127.0.0.1', () => {
    const client = connect(server.address().port, '127.0.0.1');
    client.once('data', () => parentPort.postMessage('open'));
  });
}
