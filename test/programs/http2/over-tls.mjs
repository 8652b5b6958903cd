// ALPN chooses h2 over TLS, and origin and authority are known to both sides.
import { once } from 'node:events';
import { connect, createSecureServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createSecureServer(identity, (req, res) => {
  const { alpnProtocol, encrypted, originSet } = req.stream.session;
  res.end(
    JSON.stringify({
      url: req.url,
      version: req.httpVersion,
      alpnProtocol,
      encrypted,
      origins: originSet.length,
      servername: req.socket.servername,
    }),
  );
});
const port = await listening(server);
const client = connect(`https://localhost:${port}`, {
  ca,
  lookup: (_name, options, done) =>
    options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
});
const stream = client.request({ ':path': '/secure' });
console.log((await once(stream, 'response'))[0][':status'], await text(stream));
console.log(
  client.alpnProtocol,
  client.encrypted,
  client.originSet.map((origin) => origin.replace(port, 'PORT')),
  client.socket.authorized,
);
client.close();
server.close();
const refused = createSecureServer(identity);
refused.on('sessionError', (error) => console.log('session', error.code));
const there = await listening(refused);
const distrusting = connect(`https://127.0.0.1:${there}`);
distrusting.on('error', (error) => console.log(error.code));
distrusting.on('close', () => refused.close());
