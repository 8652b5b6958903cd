// A worker thread has a network: server and client in a thread speak, and the thread ends by itself.
import { connect, createServer } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const workers = ['a', 'b'].map((name) => new Worker(new URL(import.meta.url), { workerData: name }));
  const logs = await Promise.all(
    workers.map(
      (worker) =>
        new Promise((resolve) => {
          const log = [];
          worker.on('message', (message) => log.push(message));
          worker.on('error', (error) => log.push(error.message));
          worker.on('exit', (code) => resolve([...log, `exit ${code}`]));
        }),
    ),
  );
  for (const log of logs) console.log(log.join('\n'));
} else {
  const server = createServer((socket) => socket.end(`hello from ${workerData}`));
  server.listen(0, '127.0.0.1', () => {
    const client = connect(server.address().port, '127.0.0.1');
    client.on('data', (data) => parentPort.postMessage(`${data}`));
    client.on('close', (had) => {
      parentPort.postMessage(`close ${had}`);
      server.close(() => parentPort.postMessage('closed'));
    });
  });
}
