// Each callback runs in the context that asked for it, the server's in the one that listens.
import { AsyncLocalStorage } from 'node:async_hooks';
import { connect, createServer } from 'node:net';

const storage = new AsyncLocalStorage();
const logs = { server: [], client: [], other: [] };
const note = (who, what) => logs[who].push(`${what}: ${storage.getStore()}`);
let server;
let closed = 0;
storage.run('server', () => {
  server = createServer((socket) => {
    note('server', 'connection');
    socket.on('data', () => note('server', 'data'));
    socket.on('end', () => note('server', 'end'));
    socket.on('close', () => note('server', 'close'));
    socket.write('hello', () => note('server', 'written'));
  });
  server.on('close', () => note('server', 'server closed'));
  storage.run('listen', () => server.listen(0, '127.0.0.1', () => note('server', 'listening')));
});
server.on('listening', () => {
  for (const who of ['client', 'other']) {
    storage.run(who, () => {
      const client = connect(server.address().port, 'localhost');
      client.on('lookup', () => note(who, 'lookup'));
      client.on('connect', () => note(who, 'connect'));
      client.on('data', () => note(who, 'data'));
      client.on('timeout', () => {
        note(who, 'timeout');
        storage.run('ender', () => client.end(() => note(who, 'ended')));
      });
      client.setTimeout(120);
      client.on('close', () => {
        note(who, 'close');
        if (++closed === 2) storage.run('closer', () => server.close());
      });
      storage.run('writer', () => client.write('x', () => note(who, 'written')));
    });
  }
});
server.on('close', () => {
  logs.server.sort();
  for (const [who, log] of Object.entries(logs)) console.log(`${who}\n  ${log.join('\n  ')}`);
});
