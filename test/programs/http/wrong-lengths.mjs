// A body that is not as long as said is an error where strictContentLength asks, and a broken answer elsewhere.
import { createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const tries = [
  ['/short', 10, 'short', false],
  ['/long', 3, 'too long', false],
  ['/strict-short', 10, 'short', true],
  ['/strict-long', 3, 'too long', true],
];
const server = createServer((req, res) => {
  const [, length, body, strict] = tries.find(([path]) => path === req.url);
  res.strictContentLength = strict;
  res.writeHead(200, { 'Content-Length': length, Connection: 'close' });
  try {
    res.write(body);
    res.end();
  } catch (error) {
    console.log(error.code);
    res.destroy();
  }
});
const port = await listening(server);
for (const [path] of tries) {
  const req = get({ port, path, host: '127.0.0.1', agent: false });
  const gone = closed(req);
  req.on('error', (error) => console.log(path, 'request', error.code));
  req.on('response', (res) =>
    text(res).then(
      (body) => console.log(path, body),
      (error) => console.log(path, 'response', error.code),
    ),
  );
  await gone;
  await new Promise(setImmediate);
}
server.close();
