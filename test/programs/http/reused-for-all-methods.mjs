// One kept connection carries every method with and without a body.
import { once } from 'node:events';
import { Agent, createServer, METHODS, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

let connections = 0;
const server = createServer(async (req, res) => res.end(`${req.method} ${await text(req)}`));
server.on('connection', () => connections++);
const port = await listening(server);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
for (const method of METHODS.filter((each) => each !== 'CONNECT')) {
  for (const body of [undefined, 'body']) {
    const req = request({ port, agent, method, host: '127.0.0.1' }).end(body);
    const [res] = await once(req, 'response');
    console.log(method, body, res.statusCode, await text(res));
    await new Promise(setImmediate);
  }
}
console.log('connections', connections);
agent.destroy();
server.close();
