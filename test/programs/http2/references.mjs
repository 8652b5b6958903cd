// An unreferenced session lets the program end, and a referenced one holds it.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { listening } from '../fixtures/listening.mjs';

const server = createServer();
server.on('session', (session) => {
  console.log('session');
  session.unref();
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
await once(client, 'remoteSettings');
server.unref();
client.unref();
client.ref();
setTimeout(() => {
  console.log('held');
  client.unref();
}, 30).unref();
process.on('exit', () => console.log('exit', client.destroyed, client.closed));
