// The same certificate under a server of bare TLS, which says things backwards, and under one of HTTPS.
import { once } from 'node:events';
import { createServer as createWebServer } from 'node:https';
import { createServer } from 'node:tls';
import { certificate, key } from './certificate.mjs';

const { TLS_PORT = '8442', HTTPS_PORT = '8443' } = process.env;

const server = createServer({ key, cert: certificate }, (socket) => {
  socket.setEncoding('utf8');
  socket.on('data', (words) => socket.write([...words].reverse().join('')));
  socket.on('error', () => {});
});
const web = createWebServer({ key, cert: certificate }, (request, response) => {
  response.end(`${request.method} ${request.url} over ${request.socket.getProtocol()}\n`);
});
for (const [each, port] of [
  [server, TLS_PORT],
  [web, HTTPS_PORT],
]) {
  await once(each.listen(Number(port)), 'listening');
}
console.log(`tls: listening at ports ${server.address().port} and ${web.address().port}`);
process.once('SIGINT', () => {
  server.close();
  web.close();
});
