// A signal destroys a socket with an AbortError, before, while and after connecting.

import { createServer, Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';

const server = createServer((socket) => socket.on('error', () => {}).write('hello'));
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (const when of ['before', 'while', 'after', 'added']) {
    const controller = new AbortController();
    if (when === 'before') controller.abort();
    const socket = new Socket(when === 'added' ? {} : { signal: controller.signal });
    if (when === 'added') addAbortSignal(controller.signal, socket);
    const log = [];
    for (const event of ['connect', 'data', 'end']) socket.on(event, () => log.push(event));
    socket.on('error', (error) => log.push(`${error.name} ${error.code} ${error.message} ${error.cause?.message}`));
    const closed = new Promise((resolve) => socket.on('close', (had) => resolve(log.push(`close ${had}`))));
    if (when !== 'before') socket.connect(port, '127.0.0.1');
    if (when === 'while') controller.abort();
    if (when === 'after' || when === 'added') socket.on('data', () => controller.abort(new Error('my reason')));
    await closed;
    console.log(when, log.join(' | '));
  }
  server.close();
});
