// Sockets with a path stay what they are, with their errors.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'both-'));
const path = join(folder, 'socket');
const plain = (text) => String(text).replaceAll(folder, 'FOLDER');
const early = connect(path);
early.on('error', (error) => {
  console.log(error.code, error.syscall, plain(error.address), plain(error.message), error.port);
  const server = createServer((socket) => {
    console.log(socket.remoteAddress, socket.localAddress, socket.address());
    socket.pipe(socket);
  });
  server.listen(path, () => {
    console.log(plain(server.address()));
    const second = createServer().on('error', (inUse) => console.log(inUse.code, plain(inUse.message)));
    second.listen(path);
    const client = connect({ path }, () => client.end('over a path'));
    client.on('data', (data) => console.log(`${data}`));
    client.on('close', (had) => {
      console.log('close', had);
      server.close(() => rmSync(folder, { recursive: true }));
    });
  });
});
