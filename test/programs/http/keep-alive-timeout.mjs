// An idle connection is closed after keepAliveTimeout, and a request in time resets the clock.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { listening } from '../fixtures/listening.mjs';

const server = createServer({ keepAliveTimeout: 150 }, (req, res) => {
  res.sendDate = false;
  res.end(req.url);
});
server.keepAliveTimeoutBuffer = 0;
const port = await listening(server);
const socket = connect(port, '127.0.0.1');
socket.setEncoding('latin1');
for (const path of ['/1', '/2', '/3']) {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`);
  const [text] = await once(socket, 'data');
  console.log(text);
  await new Promise((resolve) => setTimeout(resolve, 60));
}
const last = performance.now();
await once(socket, 'end');
console.log('ended by the server', performance.now() - last < 1000);
server.close();
