// Duplicate headers are joined or dropped as joinDuplicateHeaders says, at both ends.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

const twice =
  'Content-Type: a\r\nContent-Type: b\r\nAuthorization: one\r\nAuthorization: two\r\nX-Any: 1\r\nX-Any: 2\r\nCookie: a\r\nCookie: b\r\n';
for (const joinDuplicateHeaders of [undefined, true]) {
  const server = createServer({ joinDuplicateHeaders }, (req, res) => {
    res.sendDate = false;
    res.shouldKeepAlive = false;
    console.log(req.headers, req.headersDistinct, req.rawHeaders.length);
    res.end();
  });
  await exchange(await listening(server), `GET / HTTP/1.1\r\nHost: here\r\n${twice}\r\n`);
  server.close();
  const raw = createNetServer((socket) => {
    socket.once('data', () =>
      socket.end(`HTTP/1.1 200 OK\r\n${twice}Set-Cookie: x\r\nSet-Cookie: y\r\nAge: 1\r\nAge: 2\r\n\r\n`),
    );
  });
  const port = await listening(raw);
  const [res] = await once(get({ port, host: '127.0.0.1', joinDuplicateHeaders }), 'response');
  console.log(res.headers, await text(res));
  raw.close();
}
