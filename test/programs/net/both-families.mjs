// A server without a host takes both families, and tells peers of the old one in the new one's words.
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

const six = Object.values(networkInterfaces())
  .flat()
  .some(({ address }) => address === '::1');
if (!six) {
  console.log('this machine has no IPv6');
  process.exit();
}
const seen = [];
const server = createServer((socket) => {
  const { remoteAddress, remoteFamily, localAddress, localFamily } = socket;
  seen.push([remoteAddress, remoteFamily, localAddress, localFamily, socket.address().family].join(' '));
  socket.end('x');
});
server.listen(0, async () => {
  const { address, family, port } = server.address();
  console.log(address, family);
  for (const host of ['127.0.0.1', '::1', '127.0.0.5', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1', '::', '0.0.0.0']) {
    await new Promise((resolve) => {
      const client = connect(port, host);
      client.on('connect', () =>
        console.log(host, client.localAddress, client.localFamily, client.remoteAddress, client.remoteFamily),
      );
      client.on('error', (error) => console.log(host, error.code, error.message.replace(port, 'PORT')));
      client.resume();
      client.on('close', resolve);
    });
  }
  server.close(() => console.log(seen.join('\n')));
});
