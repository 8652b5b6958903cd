import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { buffer, text } from 'node:stream/consumers';

const { HTTP2_HOST = 'localhost', HTTP2_PORT = '8082' } = process.env;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const session = connect(`http://${HTTP2_HOST}:${HTTP2_PORT}`);
await once(session, 'connect');

const paths = Array.from({ length: 40 }, (_, i) => `/page/${i}`);
const pages = await Promise.all(paths.map((path) => text(session.request({ ':path': path }))));
console.log(`${pages.length} pages at once, the last one: ${pages.at(-1).trim()}`);
console.log(
  'each is its own:',
  pages.every((page, i) => page.startsWith(`GET ${paths[i]} `)),
);

const sent = randomBytes(1_000_000);
const request = session.request({ ':method': 'POST', ':path': '/back' });
let trailers;
request.on('trailers', (headers) => {
  trailers = headers;
});
request.end(sent);
const received = await buffer(request);
console.log(`${received.length} bytes back,`, sha256(received) === sha256(sent) ? 'the same' : 'others');
console.log('the trailer agrees:', trailers['x-sha256'] === sha256(sent));

session.close();
await once(session, 'close');
