// CONNECT gives both ends a raw tunnel, with the bytes that came early.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect, createServer as createNetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, proxy: told, origin: far } = journal('client', 'proxy', 'origin');
const origin = createNetServer({ allowHalfOpen: true }, (socket) => {
  socket.write('banner;');
  let body = '';
  socket.on('data', (data) => (body += data));
  socket.on('end', () => {
    far('got', body);
    socket.end(body.split('').reverse().join(''));
  });
});
const target = await listening(origin);
const proxy = createServer((req, res) => res.end(`ordinary ${req.method}`));
proxy.on('connect', (req, socket, head) => {
  told('connect', req.url === `127.0.0.1:${target}`, `head '${head}'`);
  const out = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true }, () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    out.write(head);
    out.pipe(socket);
    socket.pipe(out);
  });
});
const port = await listening(proxy);
const req = request({ port, host: '127.0.0.1', method: 'CONNECT', path: `127.0.0.1:${target}` });
req.end();
const [res, socket, head] = await once(req, 'connect');
client(res.statusCode, res.statusMessage, res.headers, socket.destroyed);
let heard = String(head);
socket.on('data', (data) => (heard += data));
socket.end('through the tunnel');
await once(socket, 'end');
client(heard);
const [plain] = await once(request({ port, host: '127.0.0.1', method: 'GET', agent: false }).end(), 'response');
client(await text(plain));
proxy.close();
origin.close();
