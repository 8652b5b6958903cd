// A request's error that nobody listens for ends the program.
import { createServer, get } from 'node:http';
import { listening } from '../fixtures/listening.mjs';

process.on('exit', (code) => console.log('exit', code));
const server = createServer((req) => req.socket.destroy());
get({ port: await listening(server), host: '127.0.0.1' });
