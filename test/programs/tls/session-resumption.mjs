// A session of TLS 1.2 and one of 1.3 are resumed over tickets and over identifiers of one's own store.

import { constants } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  for (const kind of ['tickets', 'store']) {
    const store = new Map();
    const events = [];
    const secureOptions = kind === 'store' ? constants.SSL_OP_NO_TICKET : 0;
    const server = createServer({ ...identity, maxVersion: version, secureOptions }, (socket) => {
      events.push(`server reused ${socket.isSessionReused()}`);
      socket.on('error', () => {});
      socket.write('x');
      socket.on('data', () => socket.end());
    });
    if (kind === 'store') {
      server.on('newSession', (id, data, done) => {
        events.push('newSession');
        store.set(id.toString('hex'), data);
        setImmediate(done);
      });
      server.on('resumeSession', (id, done) => {
        events.push(`resumeSession ${store.has(id.toString('hex'))}`);
        setImmediate(done, null, store.get(id.toString('hex')) ?? null);
      });
    }
    const port = await listening(server);
    let session;
    for (let n = 0; n < 3; n++) {
      const socket = connect({ port, ca, host: '127.0.0.1', session });
      socket.on('session', (data) => (session = data));
      await once(socket, 'data');
      if (session === undefined) await once(socket, 'session');
      await new Promise(setImmediate);
      const ticket = socket.getTLSTicket() !== undefined;
      events.push(`client reused ${socket.isSessionReused()} ${Buffer.isBuffer(session)} ${ticket}`);
      socket.resume();
      socket.write('enough');
      await closed(socket);
    }
    console.log(version, kind, events);
    server.close();
  }
}
