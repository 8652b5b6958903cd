// A socket's callbacks come under asynchronous ids of their own, each made before it is entered.
import { createHook, executionAsyncId, triggerAsyncId } from 'node:async_hooks';
import { connect, createServer } from 'node:net';

const made = new Set();
const entered = new Set();
const left = new Set();
createHook({
  init: (id) => made.add(id),
  before: (id) => entered.add(id),
  after: (id) => left.add(id),
}).enable();
const seen = {};
const here = (name) => {
  const id = executionAsyncId();
  seen[name] = [made.has(id), entered.has(id), made.has(triggerAsyncId()) || triggerAsyncId() > 0, id];
};
const server = createServer((socket) => {
  here('connection');
  socket.on('data', () => here('server data'));
  socket.on('end', () => here('server end'));
  socket.write('x');
});
server.listen(0, '127.0.0.1', () => {
  here('listening');
  const client = connect(server.address().port, '127.0.0.1', () => here('connect'));
  client.on('data', () => {
    here('client data');
    client.end('y');
  });
  client.on('close', () => {
    here('client close');
    server.close(() => {
      here('server close');
      const ids = Object.values(seen).map((each) => each[3]);
      for (const [name, [...flags]] of Object.entries(seen).sort()) console.log(name, ...flags.slice(0, 3));
      console.log(
        new Set([seen.connect[3], seen['client data'][3], seen.connection[3]]).size,
        ids.every((id) => id > 1),
      );
    });
  });
});
