// A socket whose answer nobody reads is not free until it is resumed or dumped.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { listening } from '../fixtures/listening.mjs';

let connections = 0;
const server = createServer((_req, res) => res.end('x'.repeat(300_000)));
server.on('connection', () => connections++);
const port = await listening(server);
const agent = new Agent({ keepAlive: true });
const first = get({ port, agent, host: '127.0.0.1' });
const [unread] = await once(first, 'response');
const [other] = await once(get({ port, agent, host: '127.0.0.1' }), 'response');
console.log(
  'connections',
  connections,
  'free',
  Object.keys(agent.freeSockets).length,
  unread.isPaused(),
  unread.readableFlowing,
);
unread.resume();
await once(agent, 'free');
console.log('free', Object.keys(agent.freeSockets).length);
other.resume();
await once(agent, 'free');
await new Promise(setImmediate);
console.log('free', Object.values(agent.freeSockets)[0].length);
const ignored = get({ port, agent, host: '127.0.0.1' });
ignored.removeAllListeners('response');
await once(agent, 'free');
console.log('nobody listened', ignored.res.complete, 'connections', connections);
agent.destroy();
server.close();
