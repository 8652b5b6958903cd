// Datagrams go over the new family; a socket of both takes the old in its words, one of its own does not.
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

const six = Object.values(networkInterfaces())
  .flat()
  .some(({ address }) => address === '::1');
if (!six) {
  console.log('this machine has no IPv6');
  process.exit();
}
for (const ipv6Only of [false, true]) {
  const server = createSocket({ type: 'udp6', ipv6Only });
  await new Promise((resolve) => server.bind(0, resolve));
  const { address, family, port } = server.address();
  console.log(address, family);
  const seen = [];
  server.on('message', (message, from) => {
    seen.push(`${message} ${from.address} ${from.family}`);
    server.send('back', from.port, from.address);
  });
  const [four, other] = [createSocket('udp4'), createSocket('udp6')];
  const back = [];
  four.on('message', (_, from) => back.push(`four ${from.address} ${from.family}`));
  other.on('message', (_, from) => back.push(`six ${from.address} ${from.family}`));
  const send = (socket, text, to) =>
    new Promise((resolve) =>
      socket.send(text, port, to, (error) => setTimeout(resolve, 20, console.log(text, error?.code))),
    );
  await send(other, 'by six', '::1');
  await send(four, 'by four', '127.0.0.1');
  await send(other, 'by six to four', '::ffff:127.0.0.1');
  console.log(ipv6Only, seen, back);
  for (const socket of [server, four, other]) socket.close();
}
