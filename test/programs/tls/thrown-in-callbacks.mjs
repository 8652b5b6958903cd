// What a callback of TLS throws is an uncaught exception, of which each is told once and none is lost.
import { connect, createServer } from 'node:tls';
import * as certificates from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

let where;
let log;
const at = (place) => {
  if (place === where) throw new Error(place);
};
process.on('uncaughtException', (error) => log.push(error.message));
const server = createServer(certificates.server, (socket) => {
  socket.on('error', () => {});
  for (const event of ['data', 'end', 'close']) socket.on(event, () => at(`server ${event}`));
  socket.end('answer');
  at('server secure');
});
const port = await listening(server);
const events = ['secureConnect', 'keylog', 'data', 'end'];
const places = [
  'server secure',
  'server data',
  'server end',
  'server close',
  ...events.map((each) => `client ${each}`),
];
for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
  for (const place of places) {
    [where, log] = [place, []];
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: certificates.ca, maxVersion });
    for (const event of events) socket.on(event, () => at(`client ${event}`));
    socket.on('error', () => {});
    socket.end('question');
    const over = closed(socket);
    const patience = setTimeout(() => socket.destroy(), 200);
    await over;
    clearTimeout(patience);
    await new Promise((resolve) => setTimeout(resolve, 5));
    console.log(maxVersion, place, log.length > 0, new Set(log).size);
  }
}
server.close();
