// Cookies, repeated, sensitive, connection and invalid headers are joined, kept or refused as they should.
import { once } from 'node:events';
import { connect, createServer, sensitiveHeaders } from 'node:http2';
import { listening } from '../fixtures/listening.mjs';

const server = createServer();
server.on('stream', (stream, headers, _flags, rawHeaders) => {
  console.log(
    headers.cookie,
    headers['x-twice'],
    headers.secret,
    headers[sensitiveHeaders],
    rawHeaders.length,
    headers['upper-case'],
  );
  stream.respond({ 'set-cookie': ['a=1', 'b=2'], 'x-list': ['1', '2'], etag: 'x', [sensitiveHeaders]: ['etag'] });
  stream.end();
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
const stream = client.request({
  cookie: ['a=1', 'b=2'],
  'x-twice': ['1', '2'],
  secret: 's',
  'Upper-Case': 'U',
  [sensitiveHeaders]: ['secret'],
});
const [{ date, ...headers }] = await once(stream.resume(), 'response');
console.log(headers, headers[sensitiveHeaders]);
for (const bad of [
  { connection: 'close' },
  { 'transfer-encoding': 'chunked' },
  { ':unknown': 'x' },
  { host: 'a', ':authority': 'b' },
  { etag: ['a', 'b'] },
  { te: 'trailers' },
  { te: 'gzip' },
]) {
  try {
    const odd = client.request(bad);
    await once(odd.resume(), 'close');
    console.log(Object.keys(bad), 'sent', odd.rstCode);
  } catch (error) {
    console.log(Object.keys(bad), error.code);
  }
}
client.close();
server.close();
