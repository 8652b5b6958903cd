// respondWithFile and respondWithFD send whole files, parts, checks and errors.
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect, createServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));
const path = join(folder, 'file.txt');
writeFileSync(path, 'line of text\n'.repeat(100_000));
const ways = {
  '/file': (stream) => stream.respondWithFile(path, { 'content-type': 'text/plain' }),
  '/part': (stream) => stream.respondWithFile(path, {}, { offset: 5, length: 21 }),
  '/check': (stream) =>
    stream.respondWithFile(
      path,
      {},
      {
        statCheck(stat, headers) {
          headers['x-size'] = stat.size;
        },
      },
    ),
  '/refuse': (stream) =>
    stream.respondWithFile(
      path,
      {},
      {
        statCheck() {
          stream.respond({ ':status': 304 });
          return false;
        },
      },
    ),
  '/missing': (stream) =>
    stream.respondWithFile(
      `${path}.none`,
      {},
      {
        onError(error) {
          stream.respond({ ':status': 404 });
          stream.end(error.code);
        },
      },
    ),
  '/folder': (stream) =>
    stream.respondWithFile(
      folder,
      {},
      {
        onError(error) {
          stream.respond({ ':status': 403 });
          stream.end(error.code);
        },
      },
    ),
  '/fd': (stream) => {
    const fd = openSync(path);
    stream.on('close', () => closeSync(fd));
    stream.respondWithFD(fd, { 'x-way': 'fd' }, { offset: 13 });
  },
  '/handle': async (stream) => {
    const handle = await open(path);
    stream.on('close', () => handle.close());
    stream.respondWithFD(handle, {}, { length: 13, waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': 'yes' }));
  },
};
const server = createServer();
server.on('stream', (stream, headers) => ways[headers[':path']](stream));
const client = connect(`http://127.0.0.1:${await listening(server)}`);
for (const way of Object.keys(ways)) {
  const stream = client.request({ ':path': way });
  stream.on('trailers', (headers) => console.log('trailers', headers['x-end']));
  const [headers] = await once(stream, 'response');
  const body = await text(stream);
  console.log(
    way,
    headers[':status'],
    headers['content-length'],
    headers['x-size'],
    headers['x-way'],
    body.length,
    JSON.stringify(body.slice(0, 25)),
  );
}
client.close();
server.close();
rmSync(folder, { recursive: true });
