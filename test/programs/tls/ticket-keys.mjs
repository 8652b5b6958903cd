// A session outlives its server where the next has the same ticket keys, and not where they changed.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const keys = Buffer.alloc(48, 7);
let session;
for (const [name, ticketKeys] of [
  ['first', keys],
  ['same', keys],
  ['other', Buffer.alloc(48, 8)],
]) {
  const server = createServer({ ...identity, maxVersion: 'TLSv1.2', ticketKeys }, (socket) => socket.end('x'));
  const port = await listening(server);
  const socket = connect({ port, ca, host: '127.0.0.1', session });
  await once(socket.resume(), 'secureConnect');
  console.log(name, 'reused', socket.isSessionReused(), server.getTicketKeys().equals(ticketKeys));
  session ??= socket.getSession();
  await closed(socket);
  server.setTicketKeys(Buffer.alloc(48, 9));
  console.log(server.getTicketKeys()[0]);
  server.close();
}
