// A client ends at once on HEAD, 204 and 304, and uses the socket again.
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

let connections = 0;
const server = createServer((req, res) => {
  if (req.url === '/head') res.setHeader('Content-Length', 1000);
  res.statusCode = { '/head': 200, '/204': 204, '/304': 304 }[req.url];
  res.end();
});
server.on('connection', () => connections++);
const port = await listening(server);
const agent = new Agent({ keepAlive: true });
for (const [method, path] of [
  ['HEAD', '/head'],
  ['GET', '/204'],
  ['GET', '/304'],
  ['HEAD', '/204'],
]) {
  const req = request({ port, agent, method, path, host: '127.0.0.1' }).end();
  const [res] = await once(req, 'response');
  console.log(method, res.statusCode, res.headers['content-length'], JSON.stringify(await text(res)), res.complete);
  await new Promise(setImmediate);
}
console.log('connections', connections);
agent.destroy();
server.close();
