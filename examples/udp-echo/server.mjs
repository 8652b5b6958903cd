// Sends datagrams back to where they came from.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const { UDP_PORT = '7008' } = process.env;
const socket = createSocket('udp4');
socket.on('message', (data, from) => socket.send(data, from.port, from.address));
socket.bind(Number(UDP_PORT));
await once(socket, 'listening');
console.log(`udp: listening at port ${socket.address().port}`);
process.once('SIGINT', () => socket.close());
