// Headers, bodies and the end of streams come through a plain-text session both ways.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer();
server.on('stream', (stream, headers, flags) => {
  let body = '';
  stream.on('data', (data) => (body += data));
  stream.on('end', () => {
    stream.respond({
      ':status': 201,
      'x-flags': flags,
      'x-path': headers[':path'],
      'x-method': headers[':method'],
      'x-scheme': headers[':scheme'],
    });
    stream.end(`heard ${body}`);
  });
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
await once(client, 'connect');
console.log(client.alpnProtocol, client.encrypted, client.type, client.closed, client.connecting);
for (const [headers, body] of [
  [{ ':path': '/get?a=b' }, undefined],
  [{ ':path': '/post', ':method': 'POST' }, 'some text'],
  [{ ':path': '/delete', ':method': 'DELETE', 'x-list': ['a', 'b'] }, undefined],
]) {
  const stream = client.request(headers);
  stream.end(body);
  const [{ date, ...response }, flags] = await once(stream, 'response');
  console.log(stream.id, { ...response }, flags, await text(stream));
}
client.close();
await closed(client);
console.log(client.closed, client.destroyed);
server.close();
