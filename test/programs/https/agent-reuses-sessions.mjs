// An agent resumes its TLS session on the next connection, and maxCachedSessions: 0 forbids it.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:https';
import { text } from 'node:stream/consumers';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
  const server = createServer({ ...identity, maxVersion }, (_req, res) => res.end('x'));
  const port = await listening(server);
  for (const maxCachedSessions of [100, 0]) {
    const agent = new Agent({ ca, maxCachedSessions });
    const seen = [];
    for (let n = 0; n < 3; n++) {
      const req = get({ port, agent, host: '127.0.0.1' });
      const [res] = await once(req, 'response');
      const { socket } = req;
      seen.push(socket.isSessionReused());
      await text(res);
      if (!socket.closed) await closed(socket);
    }
    console.log(maxVersion, maxCachedSessions, seen);
    agent.destroy();
  }
  server.close();
}
