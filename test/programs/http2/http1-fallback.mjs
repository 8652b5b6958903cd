// A secure server with allowHTTP1 serves both versions, and without it refuses the old one.
import { connect, createSecureServer } from 'node:http2';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

for (const allowHTTP1 of [true, false]) {
  const server = createSecureServer({ ...identity, allowHTTP1 }, (req, res) => {
    res.end(`${req.httpVersion} ${req.socket.alpnProtocol ?? req.stream?.session.alpnProtocol}`);
  });
  server.on('unknownProtocol', (socket) => {
    console.log('unknown protocol', socket.alpnProtocol);
    socket.end('HTTP/1.1 403 Speak h2\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  server.on('tlsClientError', (error) => console.log(error.code));
  const port = await listening(server);
  const client = connect(`https://127.0.0.1:${port}`, { ca });
  console.log(await text(client.request()));
  client.close();
  await closed(client);
  for (const ALPNProtocols of [['http/1.1'], undefined]) {
    const req = get({ port, ca, host: '127.0.0.1', agent: false, ALPNProtocols });
    const gone = closed(req);
    req.on('response', async (res) => console.log(res.statusCode, await text(res)));
    req.on('error', (error) => console.log('error', error.code));
    await gone;
  }
  const none = connectTls({ port, ca, host: '127.0.0.1' });
  none.on('error', (error) => console.log('tls', error.code));
  let said = '';
  none.on('data', (data) => (said += data));
  if (allowHTTP1) none.write('GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n');
  await closed(none);
  console.log(said.split('\r\n')[0]);
  server.close();
}
