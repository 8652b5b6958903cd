// A connected socket that was refused hears of it by the next thing that it does, and may send on.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const spare = createSocket('udp4').bind(0, '127.0.0.1');
await once(spare, 'listening');
const { port } = spare.address();
spare.close();
await once(spare, 'close');

const client = createSocket('udp4');
client.connect(port, '127.0.0.1');
await once(client, 'connect');
const send = (what) =>
  new Promise((resolve) => {
    client.send(what, (error, bytes) => resolve([what, error?.code, error?.syscall, error?.address, bytes]));
  });
client.on('error', (error) => console.log('error', error.code, error.syscall));
// Both at once: the second meets what the first has brought about.
console.log(await Promise.all([send('first'), send('second'), send('third')]));
await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const peer = createSocket('udp4').bind(port, '127.0.0.1');
await once(peer, 'listening');
peer.on('message', (data) => {
  console.log('peer has', String(data));
  peer.close();
  client.close();
});
console.log(await send('fourth'));
