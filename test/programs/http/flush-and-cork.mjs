// Flushed headers go before the body, and corked writes go together.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) => {
  res.sendDate = false;
  if (req.method === 'POST') {
    console.log('headers first', req.readableLength);
    req.once('data', (data) => {
      console.log('then', String(data));
      res.end();
    });
    server.emit('headers');
    return;
  }
  res.cork();
  for (const word of ['these ', 'go ', 'together']) res.write(word);
  console.log('corked', res.writableCorked, res.writableLength);
  res.uncork();
  res.end();
});
const port = await listening(server);
const req = request({ port, host: '127.0.0.1', method: 'POST', agent: false });
req.flushHeaders();
await once(server, 'headers');
req.end('the body');
(await once(req, 'response'))[0].resume();
const socket = connect(port, '127.0.0.1', () =>
  socket.write('GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n'),
);
let said = '';
socket.on('data', (data) => (said += data));
await once(socket, 'end');
console.log(JSON.stringify(said));
server.close();
