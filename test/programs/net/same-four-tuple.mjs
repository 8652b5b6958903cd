// A second connection between the same two ends is not available while the first stands.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const first = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1' });
await once(first, 'connect');
const { localPort } = first;
const second = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1', localPort });
const [error] = await once(second, 'error').catch((each) => [each]);
console.log(error.code, error.syscall, error.message.replace(`:${port}`, ':PORT').replace(localPort, 'LOCAL'));
const third = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.3', localPort });
await once(third, 'connect');
console.log('another address', third.localPort === localPort);
first.end();
third.end();
server.close();
await once(server, 'close');
console.log('closed');
