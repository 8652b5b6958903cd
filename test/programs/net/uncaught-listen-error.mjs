// A server's error that nobody hears ends the process.
import { createServer } from 'node:net';

process.on('exit', (code) => console.log('exit', code));
createServer().listen(0, '198.51.100.200');
