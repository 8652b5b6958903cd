// A closing TLS server drops the idle, spares the busy, and a silent client is cut after handshakeTimeout.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const held = [];
const server = createServer({ ...identity, handshakeTimeout: 500 }, (req, res) => {
  if (req.url === '/idle') return res.end('idle');
  held.push(res);
  server.emit('held');
});
const port = await listening(server);
const silent = connect(port, '127.0.0.1');
server.on('tlsClientError', (error) => console.log(error.code));
await once(silent.resume(), 'end');
const agent = new Agent({ keepAlive: true, ca });
const ask = (path) => get({ port, path, agent, host: '127.0.0.1' });
await text((await once(ask('/idle'), 'response'))[0]);
const busy = ask('/busy');
await once(server, 'held');
let closed = false;
server.close(() => {
  closed = true;
  console.log('closed');
});
await new Promise((resolve) => setTimeout(resolve, 20));
console.log('closed', closed);
held[0].end('busy');
console.log(await text((await once(busy, 'response'))[0]));
server.closeAllConnections();
