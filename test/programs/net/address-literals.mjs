// Addresses as text are taken without a lookup, odd ones are looked up, and the family is not asked.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (const [host, family] of [
    ['127.0.0.1', 0],
    ['127.0.0.1', 6],
    ['127.1', 4],
    ['2130706433', 4],
    ['0x7f.1', 4],
    ['127.0.0.01', 4],
    ['LOCALHOST', 4],
    ['localhost', 4],
  ]) {
    await new Promise((resolve) => {
      const log = [];
      const client = connect({ port, host, family });
      client.on('lookup', (error, address, as, name) => log.push(`lookup ${error?.code} ${address} ${as} ${name}`));
      client.on('connect', () => log.push(`connect ${client.remoteAddress}`));
      client.on('error', (error) => log.push(`${error.code} ${error.syscall} ${error.hostname}`));
      client.resume();
      client.on('close', (had) => resolve(console.log(host, family, log.join(' | '), had)));
    });
  }
  server.close();
});
