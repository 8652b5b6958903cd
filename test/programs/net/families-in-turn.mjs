// With addresses of both families they are tried in turn, and the one that listens is found.
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

const six = Object.values(networkInterfaces())
  .flat()
  .some(({ address }) => address === '::1');
if (!six) {
  console.log('this machine has no IPv6');
  process.exit();
}
const lists = {
  'six first': [
    ['::1', 6],
    ['127.0.0.1', 4],
  ],
  'four first': [
    ['127.0.0.1', 4],
    ['::1', 6],
  ],
  'many of one': [
    ['::1', 6],
    ['::1', 6],
    ['127.0.0.2', 4],
    ['127.0.0.1', 4],
  ],
};
for (const at of ['127.0.0.1', '::1']) {
  const server = createServer((socket) => socket.end());
  await new Promise((resolve) => server.listen(0, at, resolve));
  const { port } = server.address();
  for (const [name, list] of Object.entries(lists)) {
    await new Promise((resolve) => {
      const log = [];
      const lookup = (_host, _options, callback) =>
        callback(
          null,
          list.map(([address, family]) => ({ address, family })),
        );
      const client = connect({ port, host: 'both.test', lookup, autoSelectFamily: true });
      client.on('connectionAttempt', (ip, _, family) => log.push(`attempt ${ip} ${family}`));
      client.on('connectionAttemptFailed', (ip, _, family, error) => log.push(`failed ${ip} ${family} ${error.code}`));
      client.on('connect', () => log.push(`connect ${client.remoteAddress}`));
      client.on('error', (error) => log.push(error.code));
      client.resume();
      client.on('close', (had) => resolve(console.log(at, name, log.join(' | '), had)));
    });
  }
  await new Promise((resolve) => server.close(resolve));
}
