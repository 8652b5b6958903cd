// The limit maxTotalSockets counts over two origins.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const handler = (_req, res) => setTimeout(() => res.end('x'), 15);
const [one, two] = [createServer(handler), createServer(handler)];
const ports = [await listening(one), await listening(two)];
const agent = new Agent({ maxTotalSockets: 2, maxSockets: 2 });
const all = [0, 0, 0, 1, 1].map(async (which) => {
  const [res] = await once(get({ port: ports[which], agent, host: '127.0.0.1' }), 'response');
  return text(res);
});
const count = (table) => Object.values(table).map((each) => each.length);
console.log('sockets', count(agent.sockets), 'waiting', count(agent.requests), 'total', agent.totalSocketCount);
console.log((await Promise.all(all)).join(''));
await new Promise((resolve) => setTimeout(resolve, 30));
console.log('left', count(agent.sockets), count(agent.requests), agent.totalSocketCount);
one.close();
two.close();
