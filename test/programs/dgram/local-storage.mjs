// Sending calls back in the context that sent; a message comes in the socket's own.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createSocket } from 'node:dgram';

const storage = new AsyncLocalStorage();
const log = [];
const note = (what) => log.push(`${what}: ${storage.getStore()}`);
const server = storage.run('maker', () => createSocket('udp4'));
server.on('message', () => note('message'));
server.on('close', () => note('close'));
storage.run('binder', () => {
  server.bind(0, '127.0.0.1', () => {
    note('bound');
    const client = storage.run('client', () => createSocket('udp4'));
    storage.run('sender', () => {
      client.send('x', server.address().port, '127.0.0.1', () => {
        note('sent');
        setTimeout(() => {
          storage.run('closer', () => {
            client.close(() => note('client closed'));
            server.close();
          });
        }, 20);
      });
    });
  });
});
process.on('exit', () => console.log(log.sort().join('\n')));
