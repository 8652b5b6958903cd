// Connections beyond maxConnections are dropped, and getConnections counts the rest.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const held = [];
const server = createServer((_req, res) => {
  held.push(res);
  server.emit('held');
});
server.maxConnections = 2;
const drops = [];
server.on('drop', (data) => drops.push(`${data.remoteAddress} ${data.remoteFamily} ${data.localPort === port}`));
const port = await listening(server);
const ask = () => get({ port, host: '127.0.0.1', agent: false });
const one = ask();
await once(server, 'held');
const two = ask();
await once(server, 'held');
const three = ask();
const [error] = await once(three, 'error');
console.log(error.code, error.message.replace(/:\d+/, ':PORT'), drops);
server.getConnections((failure, count) => {
  console.log(failure, count);
  held[0].end('one');
  held[1].end('two');
});
for (const req of [one, two]) console.log(await text((await once(req, 'response'))[0]));
server.close();
