// A connection is a performance entry of its own kind.
import { connect, createServer } from 'node:net';
import { PerformanceObserver } from 'node:perf_hooks';

const server = createServer((socket) => socket.end());
const observer = new PerformanceObserver((items) => {
  for (const { name, entryType, detail, duration } of items.getEntries()) {
    console.log(name, entryType, detail.host, detail.port === port, duration >= 0);
  }
  observer.disconnect();
  server.close();
});
observer.observe({ type: 'net' });
let port;
server.listen(0, '127.0.0.1', () => {
  port = server.address().port;
  connect(port, '127.0.0.1').resume();
});
