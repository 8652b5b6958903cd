import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const { UDP_HOST = '127.0.0.1', UDP_PORT = '7008' } = process.env;
const socket = createSocket('udp4');
socket.connect(Number(UDP_PORT), UDP_HOST);
await once(socket, 'connect');

/** Sends until an answer comes: nobody else does it for a datagram. */
async function ask(data) {
  for (let tries = 1; tries <= 10; tries++) {
    socket.send(data);
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(500) });
    const [received] = await answer.catch(() => []);
    if (received !== undefined) return received;
  }
  throw new Error('no answer');
}

console.log('came back:', String(await ask('hello, stack')));
// 4000 bytes go in fragments where the link takes 1500.
for (const length of [0, 1, 1472, 4000]) {
  const sent = randomBytes(length);
  console.log(`${length} bytes:`, sent.equals(await ask(sent)) ? 'the same' : 'others');
}
socket.close();
