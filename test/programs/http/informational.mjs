// Answers 102 and 103 come before the final one, with their headers.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((_req, res) => {
  res.writeProcessing();
  res.writeEarlyHints({ link: ['</a.css>; rel=preload', '</b.js>; rel=preload'], 'x-trace': 'id' }, () => {
    setTimeout(() => res.end('at last'), 5);
  });
});
const port = await listening(server);
const req = get({ port, host: '127.0.0.1' });
req.on('information', (info) => console.log(info.statusCode, info.statusMessage, info.headers, info.httpVersion));
const [res] = await once(req, 'response');
console.log(res.statusCode, await text(res));
server.close();
