// Versions, ciphers, curves and garbage that do not fit end the handshake with their codes at both ends.
import { connect as connectNet, createServer as createNetServer } from 'node:net';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
for (const [name, there, here] of [
  ['versions', { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }],
  [
    'ciphers',
    { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' },
    { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
  ],
  ['RSA only', { maxVersion: 'TLSv1.2' }, { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }],
  ['curves', { ecdhCurve: 'P-384' }, { ecdhCurve: 'P-256' }],
]) {
  const server = createServer({ ...identity, ...there });
  server.on('tlsClientError', (error) => told(name, error.code, error.library, error.reason));
  const socket = connect({ port: await listening(server), ca, host: '127.0.0.1', ...here });
  socket.on('error', (error) => client(name, error.code, error.library, error.reason));
  await closed(socket);
  await new Promise((resolve) => server.close(resolve));
}
const server = createServer(identity);
server.on('tlsClientError', (error) => told('garbage', error.code));
const port = await listening(server);
for (const garbage of ['GET / HTTP/1.1\r\n\r\n', `\x16\x03\x01\xff\xff${'x'.repeat(100)}`, '\x17\x03\x03\x00\x01x']) {
  const socket = connectNet(port, '127.0.0.1', () => socket.write(garbage, 'latin1'));
  socket.on('error', () => {});
  await closed(socket.resume());
}
server.close();
const noise = createNetServer((socket) =>
  socket.on('error', () => {}).once('data', () => socket.end('this is no TLS at all')),
);
const socket = connect({ port: await listening(noise), ca, host: '127.0.0.1' });
socket.on('error', (error) => client('noise', error.code, error.reason));
await closed(socket);
noise.close();
