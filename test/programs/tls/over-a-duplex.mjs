// TLS runs over Duplexes that are no sockets, at both ends.
import { once } from 'node:events';
import { connect as connectNet, createServer } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, createSecureContext, TLSSocket } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
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
const secureContext = createSecureContext(identity);
const server = new TLSSocket(far, { isServer: true, secureContext });
server.on('data', (data) => server.write(`${data}`.toUpperCase()));
server.on('end', () => server.end('bye'));
const client = connect({ socket: near, ca, servername: 'localhost' });
let heard = '';
client.on('data', (data) => (heard += data));
client.write('over a duplex, ');
await once(client, 'secureConnect');
console.log(client.authorized, client.getProtocol(), client.remoteAddress, server.remoteAddress);
client.end('and its end; ');
await once(client, 'end');
console.log(heard);

const wrapped = createServer((socket) => {
  const passing = Duplex.from({ readable: socket, writable: socket });
  const secure = new TLSSocket(passing, { isServer: true, secureContext });
  secure.on('error', (error) => console.log(error.code));
  secure.pipe(secure);
});
const port = await listening(wrapped);
const socket = connectNet(port, '127.0.0.1');
const outer = connect({ socket, ca, servername: 'localhost' });
let echo = 0;
outer.on('data', (data) => {
  echo += data.length;
  if (echo === 300_000) outer.end();
});
outer.write(Buffer.alloc(300_000, 1));
await new Promise((resolve) => outer.on('close', resolve));
console.log(echo);
wrapped.close();
