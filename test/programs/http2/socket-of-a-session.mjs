// A session's socket shows its addresses and refuses what would break the session.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer();
const port = await listening(server);
const client = connect(`http://127.0.0.1:${port}`);
const [[session], [, socket]] = await Promise.all([once(server, 'session'), once(client, 'connect')]);
for (const proxy of [client.socket, session.socket]) {
  console.log(proxy.remoteAddress, proxy.remoteFamily, proxy.localAddress, proxy.writable, proxy.encrypted);
  for (const name of [
    'destroy',
    'emit',
    'end',
    'pause',
    'read',
    'resume',
    'write',
    'setEncoding',
    'setKeepAlive',
    'setNoDelay',
  ]) {
    try {
      console.log(name, typeof proxy[name]);
    } catch (error) {
      console.log(name, error.code);
    }
  }
  try {
    proxy.pause = () => {};
  } catch (error) {
    console.log('set', error.code);
  }
}
console.log(client.socket.remotePort === port, session.socket.localPort === port, socket.constructor.name);
client.socket.setTimeout(50);
await once(client, 'timeout');
console.log('timeout');
client.close();
await closed(client);
try {
  client.socket?.remoteAddress;
  console.log(client.socket);
} catch (error) {
  console.log(error.code);
}
server.close();
