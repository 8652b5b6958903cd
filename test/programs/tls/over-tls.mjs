// TLS over TLS over TCP carries text both ways, and closes from the inside out.
import { once } from 'node:events';
import { connect, createSecureContext, createServer, TLSSocket } from 'node:tls';
import { ca, server as identity, rsa } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const server = createServer(identity, (outer) => {
  const inner = new TLSSocket(outer, { isServer: true, secureContext: createSecureContext(rsa) });
  inner.on('data', (data) => inner.write(data));
  inner.on('end', () => {
    told('end');
    inner.end();
  });
});
const port = await listening(server);
const outer = connect({ port, ca, host: '127.0.0.1' });
await once(outer, 'secureConnect');
const inner = connect({ socket: outer, ca, servername: 'localhost' });
await once(inner, 'secureConnect');
client(inner.authorized, outer.getPeerCertificate().asn1Curve, inner.getPeerCertificate().bits);
let bytes = 0;
inner.on('data', (data) => {
  bytes += data.length;
  if (bytes === 500_000) inner.end();
});
inner.write(Buffer.alloc(500_000, 'x'));
outer.on('close', () => client('outer closed'));
await closed(inner);
client('inner closed', bytes);
server.close();
