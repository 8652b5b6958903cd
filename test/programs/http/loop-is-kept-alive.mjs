// A listening server keeps the loop alive, an unreferenced one and an idle kept socket do not.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer({ keepAliveTimeout: 60_000 }, (_req, res) => res.end('x'));
server.on('connection', (socket) => socket.unref());
const port = await listening(server);
const agent = new Agent({ keepAlive: true });
console.log(await text((await once(get({ port, agent, host: '127.0.0.1' }), 'response'))[0]));
process.on('beforeExit', () => console.log('nothing is left to do'));
process.on('exit', () => console.log('exit', server.listening));
setTimeout(() => {
  console.log('still here');
  server.unref();
}, 30);
