// A server whose port is closed is refused, and the next one of the list is asked.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns';
import { answer } from '../fixtures/name-server.mjs';

const table = { 'A a.test': [[Buffer.from([10, 0, 0, 9])]] };
const [spare, server] = [createSocket('udp4'), createSocket('udp4')];
server.on('message', (query, from) => server.send(answer(query, table), from.port, from.address));
spare.bind(0, '127.0.0.1', () => {
  const { port } = spare.address();
  spare.close(() => {
    server.bind(0, '127.0.0.1', () => {
      const lone = new Resolver({ timeout: 200, tries: 1 });
      lone.setServers([`127.0.0.1:${port}`]);
      lone.resolve4('a.test', (error) => {
        console.log(error.code, error.syscall, error.hostname);
        const both = new Resolver({ timeout: 200, tries: 2 });
        both.setServers([`127.0.0.1:${port}`, `127.0.0.1:${server.address().port}`]);
        both.resolve4('a.test', (failed, addresses) => {
          console.log(failed?.code, addresses);
          server.close();
        });
      });
    });
  });
});
