// A signal closes a listening server, and one already aborted keeps it from listening.
import { createServer } from 'node:net';

const aborted = AbortSignal.abort();
const early = createServer();
early.on('listening', () => console.log('early listening'));
early.on('close', () => console.log('early close', early.listening));
early.on('error', (error) => console.log('early', error.name));
early.listen({ port: 0, host: '127.0.0.1', signal: aborted });
setTimeout(() => {
  const controller = new AbortController();
  const server = createServer();
  server.on('error', (error) => console.log(error.name));
  server.on('close', () => {
    console.log('close', server.listening);
    controller.abort();
  });
  server.listen({ port: 0, host: '127.0.0.1', signal: controller.signal }, () => {
    console.log('listening');
    controller.abort();
    console.log('aborted', server.listening);
  });
}, 20);
