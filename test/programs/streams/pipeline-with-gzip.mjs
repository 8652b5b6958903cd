// A file's worth of text goes compressed through a socket and comes out whole.
import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const lines = function* () {
  for (let i = 0; i < 60_000; i++) yield `line ${i} of many, many lines\n`;
};
const expected = createHash('sha256');
for (const line of lines()) expected.update(line);
const server = createServer(async (socket) => {
  await pipeline(Readable.from(lines()), createGzip(), socket);
  console.log('server done', socket.writableFinished);
  server.close();
});
server.listen(0, '127.0.0.1', async () => {
  const hash = createHash('sha256');
  const client = connect(server.address().port, '127.0.0.1');
  await pipeline(client, createGunzip(), hash);
  console.log('client done', hash.read().toString('hex') === expected.digest('hex'), client.destroyed);
});
