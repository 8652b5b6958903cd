// The agent's timeout tells of a silent answer, and the request can still go on.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const held = [];
const server = createServer((_req, res) => void held.push(res));
const port = await listening(server);
const agent = new Agent({ keepAlive: true, timeout: 60 });
const req = get({ port, agent, host: '127.0.0.1' });
req.on('close', () => console.log('closed'));
await once(req, 'timeout');
console.log('timeout', req.destroyed, req.socket.timeout);
held[0].end('late but whole');
const [res] = await once(req, 'response');
console.log(await text(res));

const gone = get({ port, agent, host: '127.0.0.1' });
gone.on('timeout', () => gone.destroy(new Error('too slow')));
const [error] = await once(gone, 'error');
console.log(error.message, gone.destroyed);
agent.destroy();
server.closeAllConnections();
server.close();
