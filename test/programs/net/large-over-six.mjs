// Megabytes go over the new family as over the old, and a refusal has its brackets where Node puts them.
import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

const six = Object.values(networkInterfaces())
  .flat()
  .some(({ address }) => address === '::1');
if (!six) {
  console.log('this machine has no IPv6');
  process.exit();
}
const bytes = Buffer.alloc(5_000_000, 'over six ');
const hash = (of) => createHash('sha256').update(of).digest('hex');
const server = createServer((socket) => socket.pipe(socket));
server.listen(0, '::1', async () => {
  const { port } = server.address();
  const client = connect(port, '::1');
  client.end(bytes);
  const chunks = [];
  for await (const chunk of client) chunks.push(chunk);
  console.log(hash(Buffer.concat(chunks)) === hash(bytes), client.bytesRead);
  const second = createServer();
  second.on('error', (error) => {
    console.log(error.code, error.address, error.message.replace(port, 'PORT'));
    server.close(() => {
      const refused = connect(port, '::1');
      refused.on('error', (told) => console.log(told.code, told.address, told.message.replace(port, 'PORT')));
    });
  });
  second.listen(port, '::1');
});
