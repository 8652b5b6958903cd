// Trailers arrive after the body, both ways.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(async (req, res) => {
  const body = await text(req);
  res.writeHead(200, { Trailer: 'X-Length', 'Transfer-Encoding': 'chunked' });
  res.write(body);
  res.addTrailers({ 'X-Length': String(body.length), 'X-Theirs': req.trailers['x-sum'] });
  res.end();
});
const port = await listening(server);
const req = request({
  port,
  host: '127.0.0.1',
  method: 'POST',
  headers: { Trailer: 'X-Sum', 'Transfer-Encoding': 'chunked' },
});
req.write('some ');
req.write('text');
req.addTrailers({ 'X-Sum': '12345' });
req.end();
const [res] = await once(req, 'response');
console.log('early', res.trailers);
console.log(await text(res), res.trailers, res.rawTrailers);
server.close();
