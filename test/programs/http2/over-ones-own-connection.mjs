// A client session runs over a socket of one's own, over TLS of one's own and over a Duplex.
import { connect, createServer, performServerHandshake } from 'node:http2';
import { connect as connectNet, createServer as createNetServer } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

class Half extends Duplex {
  _read() {}
  _write(chunk, _encoding, done) {
    this.other.push(chunk);
    setImmediate(done);
  }
  _final(done) {
    this.other.push(null);
    done();
  }
}
const [near, far] = [new Half(), new Half()];
near.other = far;
far.other = near;
const serve = (stream, headers) => {
  stream.respond();
  stream.end(`${headers[':path']} ${stream.session.type} ${stream.session.encrypted}`);
};
const server = createServer();
server.on('stream', serve);
server.emit('connection', far);
const port = await listening(server);
const secure = createTlsServer({ ...identity, ALPNProtocols: ['h2'] }, (socket) => server.emit('connection', socket));
const securePort = await listening(secure);
const ways = {
  socket: () => connectNet(port, '127.0.0.1'),
  duplex: () => near,
  tls: () => connectTls({ port: securePort, host: '127.0.0.1', ca, ALPNProtocols: ['h2'] }),
};
for (const [name, createConnection] of Object.entries(ways)) {
  const client = connect('http://somewhere.example', { createConnection });
  const stream = client.request({ ':path': `/${name}` });
  console.log(await text(stream), stream.rstCode, client.encrypted, client.alpnProtocol);
  client.close();
  await closed(client);
}
if (performServerHandshake) {
  const plain = createNetServer((socket) => performServerHandshake(socket).on('stream', serve));
  const client = connect(`http://127.0.0.1:${await listening(plain)}`);
  console.log(await text(client.request({ ':path': '/handshake' })));
  client.close();
  plain.close();
}
secure.close();
server.close();
