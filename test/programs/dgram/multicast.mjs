// What is sent to a group is heard by its members, until they leave, and by the sender as it chooses.
import { createSocket } from 'node:dgram';

const group = '239.7.7.7';
const bind = (socket, port = 0) => new Promise((resolve) => socket.bind(port, '0.0.0.0', resolve));
const [one, two, sender] = [1, 2, 3].map(() => createSocket({ type: 'udp4', reuseAddr: true }));
await bind(one);
const { port } = one.address();
await bind(two, port);
await bind(sender);
for (const socket of [one, two]) socket.addMembership(group, '127.0.0.1');
sender.setMulticastInterface('127.0.0.1');
const heard = { one: [], two: [] };
one.on('message', (message) => heard.one.push(`${message}`));
two.on('message', (message) => heard.two.push(`${message}`));
const send = (text) =>
  new Promise((resolve) =>
    sender.send(text, port, group, (error, bytes) => setTimeout(resolve, 20, console.log(text, error?.code, bytes))),
  );
await send('both');
two.dropMembership(group, '127.0.0.1');
try {
  two.dropMembership(group, '127.0.0.1');
} catch (error) {
  console.log(error.code, error.syscall);
}
try {
  one.addMembership(group, '127.0.0.1');
} catch (error) {
  console.log(error.code, error.syscall);
}
sender.setMulticastLoopback(false);
await send('not to ourselves');
sender.setMulticastLoopback(true);
sender.setMulticastTTL(0);
await send('on this machine only');
console.log(heard.one);
for (const socket of [one, two, sender]) socket.close();
