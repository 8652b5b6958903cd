// A connected socket hears its peer alone.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const [one, two, client] = [createSocket('udp4'), createSocket('udp4'), createSocket('udp4')];
one.bind(0, '127.0.0.1');
two.bind(0, '127.0.0.2');
await Promise.all([once(one, 'listening'), once(two, 'listening')]);
client.connect(one.address().port, '127.0.0.1');
await once(client, 'connect');
const { port } = client.address();
const seen = [];
client.on('message', (message, from) => seen.push(`${message} ${from.address}`));
const send = (socket, text) => new Promise((resolve) => socket.send(text, port, '127.0.0.1', resolve));
await send(two, 'from a stranger');
await send(one, 'from the peer');
await send(two, 'again');
await send(one, 'last');
await new Promise((resolve) => setTimeout(resolve, 30));
console.log(seen);
for (const socket of [one, two, client]) socket.close();
