// No more requests run at once than maxSockets says, and all of the waiting ones get their turn.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

let running = 0;
let most = 0;
const server = createServer((req, res) => {
  most = Math.max(most, ++running);
  setTimeout(() => {
    running--;
    res.end(req.url);
  }, 15);
});
const port = await listening(server);
const agent = new Agent({ maxSockets: 2, keepAlive: true });
const order = [];
const all = [1, 2, 3, 4, 5, 6, 7].map(async (n) => {
  const [res] = await once(get({ port, agent, host: '127.0.0.1', path: `/${n}` }), 'response');
  order.push(await text(res));
});
const [name] = Object.keys(agent.sockets);
console.log('sockets', agent.sockets[name].length, 'waiting', agent.requests[name].length);
await Promise.all(all);
console.log('most at once', most);
console.log(order.length, order.sort().join());
console.log('waiting', Object.keys(agent.requests).length);
agent.destroy();
server.close();
