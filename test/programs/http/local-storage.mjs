// Every callback of a request runs in the context that the request was made in, also over a kept socket.
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const storage = new AsyncLocalStorage();
let serial = 0;
const server = createServer((req, res) => {
  storage.run(`request ${++serial}`, () => {
    told('handler', storage.getStore());
    req.on('data', () => {
      told('data', storage.getStore());
      setImmediate(() => server.emit('data'));
    });
    req.on('end', () => {
      told('end', storage.getStore());
      setTimeout(() => res.end('x', () => told('ended', storage.getStore())), 2);
    });
    res.on('close', () => told('close', storage.getStore()));
  });
});
const port = await listening(server);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
for (const name of ['first', 'second']) {
  await storage.run(name, async () => {
    const req = request({ port, agent, host: '127.0.0.1', method: 'POST' }, (res) => {
      client('response', storage.getStore());
      res.on('data', () => client('data', storage.getStore()));
      res.on('end', () => client('end', storage.getStore()));
    });
    req.on('socket', () => client('socket', storage.getStore()));
    req.on('finish', () => client('finish', storage.getStore()));
    req.write('a', () => client('written', storage.getStore()));
    await once(server, 'data');
    req.end();
    await closed(req);
    client('after', storage.getStore());
  });
}
agent.destroy();
server.close();
