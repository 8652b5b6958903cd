// What a callback of HTTP/2 throws is an uncaught exception, wherever it is thrown, and everything else is told all the same.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

let where;
let log;
const at = (place) => {
  log.push(place);
  if (place === where) throw new Error(place);
};
process.on('uncaughtException', (error) => log.push(`caught ${error.message}`));
const server = createServer();
server.on('session', (session) => session.on('remoteSettings', () => at('remote settings')));
server.on('stream', (stream) => {
  for (const event of ['data', 'end']) stream.on(event, () => at(`server ${event}`));
  stream.on('error', () => {});
  stream.respond({}, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ last: 'word' }));
  stream.end('answer');
  at('server stream');
});
const port = await listening(server);
const places = ['server stream', 'server data', 'server end', 'remote settings'];
places.push(...['response', 'data', 'trailers', 'end', 'ping'].map((event) => `client ${event}`));
for (const place of places) {
  [where, log] = [place, []];
  const session = connect(`http://127.0.0.1:${port}`);
  const stream = session.request({ ':method': 'POST' });
  for (const event of ['response', 'data', 'trailers', 'end']) stream.on(event, () => at(`client ${event}`));
  stream.end('question');
  await once(session, 'remoteSettings');
  const pinged = new Promise((resolve) => {
    session.ping(() => {
      resolve();
      at('client ping');
    });
  });
  const patience = new Promise((resolve) => setTimeout(resolve, 150));
  await Promise.race([Promise.all([closed(stream), pinged]), patience]);
  const own = log.filter((each) => each.split(' ')[0] === place.split(' ')[0] || each.startsWith('caught'));
  console.log(place, '-', own.sort().join(', '));
  session.destroy();
  await closed(session);
}
server.close();
