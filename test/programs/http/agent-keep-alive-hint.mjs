// A request on a kept socket that the server destroys fails with reusedSocket set, so that it can be repeated.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

let requests = 0;
const server = createServer((req, res) => {
  if (++requests === 2) req.socket.destroy();
  else res.end(`answer ${requests}`);
});
const port = await listening(server);
const agent = new Agent({ keepAlive: true });
async function ask() {
  const req = get({ port, agent, host: '127.0.0.1' });
  try {
    const [res] = await once(req, 'response');
    return await text(res);
  } catch (error) {
    console.log(error.code, error.message, 'reused', req.reusedSocket);
    return req.reusedSocket ? ask() : 'given up';
  }
}
console.log(await ask());
await new Promise(setImmediate);
console.log(await ask());
agent.destroy();
server.close();
