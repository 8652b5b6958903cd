// An insecure parser takes what a strict one refuses, at both ends.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

for (const insecureHTTPParser of [false, true]) {
  const server = createServer({ insecureHTTPParser }, (req, res) => {
    res.shouldKeepAlive = false;
    res.sendDate = false;
    res.end(JSON.stringify(req.headers['x-odd']));
  });
  const port = await listening(server);
  const said = await exchange(port, 'GET / HTTP/1.1\r\nHost: here\r\nX-Odd: \x01bell\x07\r\n\r\n').catch(
    (error) => error.code,
  );
  console.log('server', insecureHTTPParser, JSON.stringify(said));
  server.close();
  const raw = createNetServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nX-Odd: \x01bell\x07\r\nContent-Length: 2\r\n\r\nok'));
  });
  const there = await listening(raw);
  const req = get({ port: there, host: '127.0.0.1', insecureHTTPParser });
  try {
    const [res] = await once(req, 'response');
    console.log('client', JSON.stringify(res.headers['x-odd']), await text(res));
  } catch (error) {
    console.log('client', error.code);
  }
  raw.close();
}
