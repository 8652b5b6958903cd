// once, on and captureRejections work on servers and sockets as on any emitter.
import { on, once } from 'node:events';
import { connect, createServer } from 'node:net';

const server = createServer({ captureRejections: true });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const clients = [1, 2, 3].map((_i) => connect(port, '127.0.0.1').on('error', () => {}));
for (const [i, client] of clients.entries()) client.end(`number ${i}`);
const texts = [];
for await (const [socket] of on(server, 'connection')) {
  socket.setEncoding('utf8');
  let text = '';
  for await (const chunk of socket) text += chunk;
  texts.push(text);
  if (texts.length === 3) break;
}
console.log(texts.sort());
const refused = createServer();
refused.listen(port, '127.0.0.1');
console.log((await once(refused, 'listening').catch((error) => error)).code);
const socket = connect(port, '127.0.0.1');
const controller = new AbortController();
setTimeout(() => controller.abort(), 20);
console.log((await once(socket, 'data', { signal: controller.signal }).catch((error) => error)).name);
socket.destroy();
server.close();
