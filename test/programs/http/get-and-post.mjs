// Method, path, headers and body come to the server as sent, and so does the answer.
import { once } from 'node:events';
import { createServer, get, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(async (req, res) => {
  const body = await text(req);
  res.sendDate = false;
  res.writeHead(201, 'Made', { 'X-Seen': 'yes', 'Content-Type': 'application/json' });
  res.end(
    JSON.stringify({ method: req.method, url: req.url, version: req.httpVersion, body, x: req.headers['x-mine'] }),
  );
});
const port = await listening(server);

const [simple] = await once(
  get({ port, host: '127.0.0.1', path: '/a?b=c%20d', headers: { 'X-Mine': 'one' } }),
  'response',
);
console.log(simple.statusCode, simple.statusMessage, simple.headers, await text(simple));

const post = request({
  port,
  host: '127.0.0.1',
  method: 'POST',
  path: '/form',
  headers: { 'X-Mine': ['two', 'three'] },
});
post.write('field=');
post.end('välue');
const [answer] = await once(post, 'response');
console.log(answer.rawHeaders, await text(answer), answer.complete);
server.close();
await closed(server);
