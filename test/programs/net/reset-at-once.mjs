// A connection that its listener resets at once could not be made, in the eyes of who asked for it.
import { connect, createServer } from 'node:net';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((socket) => socket.resetAndDestroy());
const port = await listening(server);
const client = connect(port, '127.0.0.1');
client.on('connect', () => console.log('connect'));
client.on('error', ({ message, code, syscall, address }) =>
  console.log(message.replace(String(port), 'PORT'), code, syscall, address),
);
await closed(client);
const late = connect(port, '127.0.0.1');
late.on('error', ({ code, syscall }) => console.log(code, syscall));
server.close();
await closed(late);
