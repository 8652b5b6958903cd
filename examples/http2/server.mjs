// HTTP/2 without TLS: a stream for each request, all in one connection.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http2';

const { HTTP2_PORT = '8082' } = process.env;
const server = createServer();
const sessions = new Set();

server.on('session', (session) => {
  sessions.add(session);
  session.on('close', () => sessions.delete(session));
});
server.on('stream', (stream, headers) => {
  const { ':method': method, ':path': path } = headers;
  stream.on('error', () => {});
  if (method === 'POST') {
    const hash = createHash('sha256');
    // What was computed on the way follows the body as a trailer.
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sha256': hash.digest('hex') }));
    stream.on('data', (chunk) => hash.update(chunk)).pipe(stream);
    return;
  }
  stream.respond({ ':status': 200, 'content-type': 'text/plain' });
  stream.end(`${method} ${path} on stream ${stream.id}\n`);
});
await once(server.listen(Number(HTTP2_PORT)), 'listening');
console.log(`http2: listening at port ${server.address().port}`);
process.once('SIGINT', () => {
  server.close();
  for (const each of sessions) each.close();
});
