// A file is copied through two sockets, byte for byte.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const folder = mkdtempSync(join(tmpdir(), 'both-'));
const bytes = Buffer.alloc(3_000_000);
for (let i = 0; i < bytes.length; i++) bytes[i] = (i * i) >> 3;
writeFileSync(join(folder, 'from'), bytes);
const server = createServer((socket) => pipeline(createReadStream(join(folder, 'from')), socket));
server.listen(0, '127.0.0.1', async () => {
  await pipeline(connect(server.address().port, '127.0.0.1'), createWriteStream(join(folder, 'to')));
  const hash = (name) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  console.log(hash('to') === hash('from'), hash('to'));
  rmSync(folder, { recursive: true });
  server.close();
});
