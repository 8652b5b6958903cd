// ipv6Only leaves the port free for the other family; without it the port is taken for both.
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

const six = Object.values(networkInterfaces())
  .flat()
  .some(({ address }) => address === '::1');
if (!six) {
  console.log('this machine has no IPv6');
  process.exit();
}
const listen = (options) =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.end());
    server.on('error', (error) => resolve(error.code));
    server.listen(options, () => resolve(server));
  });
const told = (answer) =>
  typeof answer === 'string' ? answer : `${answer.address().address} ${answer.address().family}`;
for (const ipv6Only of [true, false]) {
  const wide = await listen({ port: 0, host: '::', ipv6Only });
  const { port } = wide.address();
  const others = [];
  for (const host of ['0.0.0.0', '127.0.0.1', '::1', '::']) {
    const other = await listen({ port, host });
    console.log(ipv6Only, host, told(other));
    if (typeof other !== 'string') await new Promise((resolve) => other.close(resolve));
    others.push(other);
  }
  for (const host of ['127.0.0.1', '::1']) {
    const outcome = await new Promise((resolve) => {
      const client = connect(port, host, () => resolve('connect'));
      client.on('error', (error) => resolve(error.code));
      client.resume();
    });
    console.log(ipv6Only, host, outcome);
  }
  await new Promise((resolve) => wide.close(resolve));
}
