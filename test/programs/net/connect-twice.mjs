// A socket that is connecting or connected cannot be connected once more.
import { createServer, Socket } from 'node:net';

const server = createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (const when of ['while', 'after']) {
    const client = new Socket();
    const log = [];
    client.on('connect', () => {
      log.push('connect');
      if (when === 'after' && log.length === 1) client.connect(port, '127.0.0.1');
    });
    client.on('error', (error) =>
      log.push(`${error.code} ${error.syscall} ${error.message.replace(port, 'PORT').replace(/\(.*\)/, '')}`),
    );
    const closed = new Promise((resolve) => client.on('close', resolve));
    client.connect(port, '127.0.0.1');
    if (when === 'while') client.connect(port, '127.0.0.1');
    setTimeout(() => client.destroy(), 40);
    const had = await closed;
    console.log(when, log.join(' | '), had);
  }
  server.close();
});
