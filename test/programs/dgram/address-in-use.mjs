// Two sockets share an address only when both say so.
import { createSocket } from 'node:dgram';

const bind = (socket, port, address = '127.0.0.1') =>
  new Promise((resolve) => {
    socket.on('error', (error) =>
      resolve({ ...error, message: error.message.replace(port, 'PORT'), port: error.port === port }),
    );
    socket.bind(port, address, () => resolve('bound'));
  });
const first = createSocket('udp4');
console.log(await bind(first, 0));
const { port } = first.address();
const [second, wide, other, sharing] = [
  createSocket('udp4'),
  createSocket('udp4'),
  createSocket('udp4'),
  createSocket({ type: 'udp4', reuseAddr: true }),
];
console.log(await bind(second, port));
console.log(await bind(wide, port, '0.0.0.0'));
console.log(await bind(other, port, '127.0.0.2'));
console.log(await bind(sharing, port));
const shared = [1, 2].map(() => createSocket({ type: 'udp4', reuseAddr: true }));
console.log(await bind(shared[0], 0));
console.log(await bind(shared[1], shared[0].address().port));
for (const socket of [first, second, wide, other, sharing, ...shared]) socket.close();
