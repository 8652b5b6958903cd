// Who writes on after the peer has closed for good gets EPIPE once the peer has said no.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const server = createServer((socket) => socket.on('connect', () => {}).destroy()).listen(0, '127.0.0.1');
await once(server, 'listening');
const client = connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: true });
client.resume();
await once(client, 'end');
console.log('end', client.readyState, client.writable);
client.write('into the void', (error) => console.log('first', error ?? 'no error'));
await pause(60);
client.on('error', (error) => console.log('error', { ...error, message: error.message }));
client.write('again', (error) => console.log('second', error?.code));
const had = await new Promise((resolve) => client.on('close', resolve));
console.log('close', had);
server.close();
