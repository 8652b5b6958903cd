// Methods, headers and bodies of all kinds go out and come back through fetch.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(async (req, res) => {
  const body = await text(req);
  res.setHeader('x-method', req.method);
  res.setHeader('set-cookie', ['a=1', 'b=2']);
  res.statusCode = req.url === '/missing' ? 404 : 200;
  res.end(JSON.stringify({ url: req.url, x: req.headers['x-mine'], type: req.headers['content-type'], body }));
});
const base = `http://127.0.0.1:${await listening(server)}`;
for (const [path, init] of [
  ['/get?a=b', { headers: { 'X-Mine': 'yes' } }],
  ['/text', { method: 'POST', body: 'some text' }],
  ['/bytes', { method: 'PUT', body: new Uint8Array([104, 105]) }],
  ['/form', { method: 'POST', body: new URLSearchParams({ a: 'b c' }) }],
  ['/blob', { method: 'POST', body: new Blob(['blob'], { type: 'text/x-blob' }) }],
  ['/missing', { method: 'DELETE' }],
  ['/head', { method: 'HEAD' }],
]) {
  const response = await fetch(base + path, init);
  console.log(
    response.status,
    response.ok,
    response.headers.get('x-method'),
    response.headers.getSetCookie(),
    await response.text(),
  );
}
server.close();
