// Both sides turn a plain connection into a secure one in the middle of their talk.
import { once } from 'node:events';
import { connect as connectNet, createServer } from 'node:net';
import { connect, createSecureContext, TLSSocket } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const secureContext = createSecureContext(identity);
const server = createServer((plain) => {
  plain.write('220 ready\r\n');
  plain.once('data', (data) => {
    told(String(data));
    plain.write('220 go ahead\r\n', () => {
      const secure = new TLSSocket(plain, { isServer: true, secureContext });
      secure.on('secure', () => told('secure', secure.getProtocol()));
      secure.on('data', (text) => {
        told(String(text));
        secure.end(`250 ${text}`);
      });
      secure.on('close', () => told('close', plain.destroyed));
    });
  });
});
const port = await listening(server);
const plain = connectNet(port, '127.0.0.1');
client(String((await once(plain, 'data'))[0]));
plain.write('STARTTLS\r\n');
client(String((await once(plain, 'data'))[0]));
const secure = connect({ socket: plain, ca, servername: 'localhost' }, () => {
  client('secure', secure.authorized);
  secure.write('hidden');
});
secure.on('data', (data) => client(String(data)));
secure.on('end', () => client('end'));
await closed(secure);
client(plain.destroyed, plain.bytesWritten > 300, secure.bytesWritten);
server.close();
