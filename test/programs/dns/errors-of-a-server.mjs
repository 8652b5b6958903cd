// What a server refuses, does not know or does not have is an error with code, call and name.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns';
import { answer } from '../fixtures/name-server.mjs';

const table = {
  'A empty.test': [],
  'A broken.test': 2,
  'A form.test': 1,
  'A unknown.test': 4,
  'A refused.test': 5,
  'AAAA a.test': [],
  'A a.test': [[Buffer.from([1, 2, 3, 4])]],
};
const server = createSocket('udp4');
server.on('message', (query, from) => server.send(answer(query, table), from.port, from.address));
server.bind(0, '127.0.0.1', async () => {
  const resolver = new Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  const ask = (method, host) =>
    new Promise((resolve) => {
      resolver[method](host, (error, result) => {
        console.log(method, host, error && { ...error, message: error.message, name: error.name }, result);
        resolve();
      });
    });
  for (const host of ['none.test', 'empty.test', 'broken.test', 'form.test', 'unknown.test', 'refused.test'])
    await ask('resolve4', host);
  await ask('resolve6', 'a.test');
  await ask('resolveMx', 'none.test');
  await ask('reverse', '10.9.9.9');
  server.close();
});
