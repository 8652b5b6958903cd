// A port taken on 0.0.0.0 is taken on every address; one taken on 127.0.0.1 is free on 127.0.0.2.
import { once } from 'node:events';
import { createServer } from 'node:net';

const listen = async (port, host) => {
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    return error.code;
  }
};
const told = (answer) => (typeof answer === 'string' ? answer : 'listens');

const all = await listen(0, '0.0.0.0');
const { port } = all.address();
console.log(
  'wildcard',
  told(await listen(port, '127.0.0.1')),
  told(await listen(port, '127.0.0.9')),
  told(await listen(port, '0.0.0.0')),
);
all.close();
await once(all, 'close');
const one = await listen(port, '127.0.0.1');
const two = await listen(port, '127.0.0.2');
console.log('addresses', told(one), told(two), told(await listen(port, '0.0.0.0')));
console.log(one.address().address, two.address().address, one.address().port === two.address().port);
one.close();
two.close();
