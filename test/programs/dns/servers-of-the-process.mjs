// The process's own servers are used by dns.resolve, its promises, and resolvers made afterwards.
import { createSocket } from 'node:dgram';
import dns, { promises } from 'node:dns';
import { answer, name, string, u16 } from '../fixtures/name-server.mjs';

const table = {
  'A a.test': [[Buffer.from([10, 0, 0, 1])]],
  'ANY a.test': [
    [Buffer.from([10, 0, 0, 1]), 5, 'A'],
    [string('text'), 6, 'TXT'],
    [Buffer.concat([u16(4), name('m.test')]), 7, 'MX'],
  ],
};
const server = createSocket('udp4');
let asked = 0;
server.on('message', (query, from) => {
  asked++;
  server.send(answer(query, table), from.port, from.address);
});
server.bind(0, '127.0.0.1', async () => {
  dns.setServers([`127.0.0.1:${server.address().port}`]);
  console.log(await new Promise((resolve) => dns.resolve('a.test', (...all) => resolve(all))));
  console.log(await promises.resolve('a.test'), await promises.resolve4('a.test'));
  console.log((await promises.resolveAny('a.test')).map((each) => Object.entries(each).flat().join(' ')));
  console.log(await promises.resolve('A.TEST').catch((error) => error.code));
  console.log(await promises.resolve('').catch((error) => error.code), asked > 3);
  server.close();
});
