// An error that nobody hears ends the process.
import { createSocket } from 'node:dgram';

process.on('exit', (code) => console.log('exit', code));
createSocket('udp4').bind(0, '198.51.100.77');
