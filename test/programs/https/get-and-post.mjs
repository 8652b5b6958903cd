// Requests and answers go through TLS as they are, with certificates of a CA of one's own.
import { once } from 'node:events';
import { createServer, get, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(identity, async (req, res) => {
  const { authorized, encrypted, servername } = req.socket;
  res.end(JSON.stringify({ url: req.url, body: await text(req), authorized, encrypted, servername }));
});
const port = await listening(server);
const [res] = await once(get({ port, ca, host: '127.0.0.1', path: '/a?b' }), 'response');
console.log(res.statusCode, await text(res), res.socket?.authorized);
const post = request({ port, ca, host: '127.0.0.1', servername: 'localhost', method: 'POST', agent: false });
post.end('a body');
const [answer] = await once(post, 'response');
console.log(
  post.socket.authorized,
  post.socket.getProtocol(),
  post.socket.getPeerCertificate().subject,
  await text(answer),
);
server.close();
