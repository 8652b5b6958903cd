// Answers that are cut, foreign or nonsense are not taken for answers.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns';
import { answer } from '../fixtures/name-server.mjs';

const table = {
  'A cut.test': [[Buffer.from([1, 2, 3, 4])]],
  'A other.test': [[Buffer.from([5, 6, 7, 8])]],
  'A wrong.test': [[Buffer.from([1, 2])]],
};
const server = createSocket('udp4');
server.on('message', (query, from) => {
  const whole = answer(query, table);
  const back = (bytes) => server.send(bytes, from.port, from.address);
  if (query.includes('cut')) return back(whole.subarray(0, whole.length - 2));
  if (query.includes('other')) {
    const foreign = Buffer.from(whole);
    foreign[0] ^= 255;
    foreign[foreign.length - 1] = 99;
    back(foreign);
    return setTimeout(back, 10, whole);
  }
  back(whole);
});
server.bind(0, '127.0.0.1', async () => {
  const resolver = new Resolver({ timeout: 150, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  for (const host of ['cut.test', 'other.test', 'wrong.test']) {
    await new Promise((resolve) =>
      resolver.resolve4(host, (error, result) => resolve(console.log(host, error?.code, result))),
    );
  }
  server.close();
});
