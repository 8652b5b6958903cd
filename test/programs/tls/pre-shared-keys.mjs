// A pre-shared key stands in for a certificate, and an unknown or wrong one does not.
import { connect, createServer } from 'node:tls';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const key = Buffer.from('d731ef57be09e5204f0b205b60627028', 'hex');
for (const version of ['TLSv1.2', 'TLSv1.3']) {
  const server = createServer({
    pskIdentityHint: 'say who',
    ciphers: 'PSK+HIGH:TLS_AES_128_GCM_SHA256',
    maxVersion: version,
    pskCallback(socket, identity) {
      told('identity', identity, socket.encrypted);
      return identity === 'known' || identity === 'wrong' ? key : null;
    },
  });
  server.on('tlsClientError', (error) => told(version, error.code));
  server.on('secureConnection', (socket) => {
    told(version, socket.getCipher().name, socket.authorized);
    socket.pipe(socket);
  });
  const port = await listening(server);
  for (const identity of ['known', 'unknown', 'wrong', null]) {
    const socket = connect({
      port,
      host: '127.0.0.1',
      ciphers: 'PSK+HIGH:TLS_AES_128_GCM_SHA256',
      maxVersion: version,
      checkServerIdentity: () => undefined,
      pskCallback(hint) {
        client('hint', hint);
        return identity && { psk: identity === 'wrong' ? Buffer.alloc(16, 1) : key, identity };
      },
    });
    socket.on('error', (error) => client(version, identity, error.code));
    socket.on('data', (data) => client(version, identity, String(data)));
    socket.end('echo');
    await closed(socket);
  }
  server.close();
}
