// Both sides export the same keying material, and their key logs name the same secrets.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  const logs = { server: [], client: [] };
  const server = createServer({ ...identity, maxVersion: version });
  server.on('keylog', (line) => logs.server.push(String(line)));
  const port = await listening(server);
  const socket = connect({ port, ca, host: '127.0.0.1' });
  socket.on('keylog', (line) => logs.client.push(String(line)));
  try {
    socket.exportKeyingMaterial(20, 'label');
  } catch (error) {
    console.log(error.code);
  }
  const [[there]] = await Promise.all([once(server, 'secureConnection'), once(socket, 'secureConnect')]);
  const context = Buffer.from('context');
  for (const more of [[], [context]]) {
    const [one, two] = [socket, there].map((each) => each.exportKeyingMaterial(40, 'EXPERIMENTAL-it', ...more));
    console.log(version, one.length, one.equals(two));
  }
  there.end();
  socket.resume();
  await closed(socket);
  console.log(
    logs.client.sort().join() === logs.server.sort().join(),
    logs.client.map((line) => line.split(' ')[0]),
  );
  server.close();
}
