// A server closed in the tick that listens closes, and whether it told listening is Node's affair.
import { createServer } from 'node:net';

const log = [];
const server = createServer();
server.on('listening', () => log.push('listening'));
server.on('close', () => log.push('close'));
server.on('error', (error) => log.push(error.code));
server.listen(0, '127.0.0.1', () => log.push('callback'));
log.push(`address ${server.address() === null}`);
server.close((error) => log.push(`closed ${error?.code}`));
process.nextTick(() => log.push('tick'));
Promise.resolve().then(() => log.push('promise'));
setImmediate(() => log.push('immediate'));
setTimeout(() => console.log(log.join('\n')), 30);
