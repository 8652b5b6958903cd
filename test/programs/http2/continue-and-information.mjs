// Informational headers come before the response, in order, and only before it.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer();
server.on('stream', (stream) => {
  stream.additionalHeaders({ ':status': 102, 'x-step': '1' });
  stream.additionalHeaders({ ':status': 103, link: '<x>' });
  try {
    stream.additionalHeaders({ ':status': 200 });
  } catch (error) {
    console.log(error.code);
  }
  try {
    stream.additionalHeaders({ ':status': 101 });
  } catch (error) {
    console.log(error.code);
  }
  stream.respond({ ':status': 204 });
  try {
    stream.additionalHeaders({ ':status': 103 });
  } catch (error) {
    console.log(error.code);
  }
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
const stream = client.request();
stream.on('headers', (headers, flags) =>
  console.log('headers', headers[':status'], headers['x-step'], headers.link, flags),
);
stream.on('response', (headers, flags) => console.log('response', headers[':status'], flags));
await once(stream.resume(), 'end');
const head = client.request({ ':method': 'HEAD' });
console.log((await once(head, 'response'))[0][':status'], JSON.stringify(await text(head)));
client.close();
server.close();
