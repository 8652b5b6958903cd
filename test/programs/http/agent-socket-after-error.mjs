// After a request fails, the agent gives the next one a fresh socket.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
let connections = 0;
const server = createServer((req, res) => {
  told(req.url, 'on', req.socket.serial);
  if (req.url === '/break') req.socket.destroy();
  else res.end('fine');
});
server.on('connection', (socket) => (socket.serial = ++connections));
const port = await listening(server);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = async (path) => {
  const req = get({ port, agent, path, host: '127.0.0.1' });
  try {
    const [res] = await once(req, 'response');
    client(path, res.statusCode, await text(res), req.reusedSocket);
  } catch (error) {
    client(path, error.code, error.message, req.reusedSocket);
  }
};
await Promise.all(['/one', '/break', '/two', '/break', '/three'].map(ask));
client('waiting', Object.keys(agent.requests).length);
agent.destroy();
server.close();
