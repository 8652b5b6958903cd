// The handlers of http work over http2: statuses, headers, bodies, trailers, callbacks and errors.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer(async (req, res) => {
  req.on('end', () => told('end', req.complete));
  req.on('close', () => told('req close'));
  res.on('finish', () => told('finish', res.finished, res.writableEnded));
  res.on('close', () => told('res close'));
  told(
    req.method,
    req.url,
    req.authority.split(':')[0],
    req.scheme,
    req.httpVersion,
    req.headers['x-a'],
    req.rawHeaders.length > 6,
  );
  let body = '';
  for await (const data of req) body += data;
  told('body', body.length, req.trailers['x-t']);
  res.statusCode = 202;
  res.statusMessage = 'ignored';
  res.setHeader('X-Made', ['a', 'b']);
  res.appendHeader?.('X-More', '1');
  res.addTrailers({ 'X-End': 'yes' });
  told(res.getHeaderNames(), res.hasHeader('x-made'), res.headersSent);
  res.write('part;', () => told('written'));
  try {
    res.setHeader('late', '1');
  } catch (error) {
    told(error.code);
  }
  try {
    res.setHeader('connection', 'close');
  } catch (error) {
    told(error.code);
  }
  res.end('end', () => told('ended'));
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
const stream = client.request({ ':path': '/c', ':method': 'PUT', 'x-a': 'b' });
stream.on('trailers', (headers) => say('trailers', headers['x-end']));
stream.end('x'.repeat(50_000));
const [headers] = await once(stream, 'response');
say(headers[':status'], headers['x-made'], await text(stream));
client.close();
await closed(client);
server.close();
