// Many questions at once each get their own answer, though the answers come backwards.
import { createSocket } from 'node:dgram';
import { promises } from 'node:dns';
import { answer } from '../fixtures/name-server.mjs';

const table = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`A n${i}.test`, [[Buffer.from([10, 0, 0, i])]]]),
);
const server = createSocket('udp4');
const waiting = [];
server.on('message', (query, from) => {
  waiting.push([query, from]);
  if (waiting.length < 40) return;
  for (const [each, to] of waiting.reverse()) server.send(answer(each, table), to.port, to.address);
});
server.bind(0, '127.0.0.1', async () => {
  const resolver = new promises.Resolver();
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => resolver.resolve4(`n${i}.test`)));
  console.log(answers.flat().join(' '));
  server.close();
});
