// A closing server lets what is under way finish, drops the idle ones, and closeAllConnections ends the rest.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const held = {};
const server = createServer((req, res) => {
  held[req.url] = res;
  if (req.url === '/idle') res.end('done');
  server.emit(req.url);
});
const port = await listening(server);
const agent = new Agent({ keepAlive: true });
const ask = (path) => get({ port, path, agent, host: '127.0.0.1' });
const [idle] = await once(ask('/idle'), 'response');
await text(idle);
const finishing = ask('/finishing');
const broken = ask('/broken');
const ends = new Promise((resolve) => broken.on('error', (error) => resolve(`${error.code} ${error.message}`)));
await Promise.all([once(server, '/finishing'), once(server, '/broken')]);
let closed = false;
server.close((error) => {
  closed = true;
  console.log('closed', error);
});
console.log('listening', server.listening);
const refused = get({ port, host: '127.0.0.1', agent: false });
console.log((await once(refused, 'error'))[0].code);
server.closeIdleConnections();
held['/finishing'].end('still served');
const [res] = await once(finishing, 'response');
console.log(await text(res), res.headers.connection, 'closed', closed);
server.closeAllConnections();
console.log(await ends);
await new Promise(setImmediate);
server.close((error) => console.log('again', error.code));
