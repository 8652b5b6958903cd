// A program finds nothing in its process that it has not brought along.
import { createHook } from 'node:async_hooks';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import vm from 'node:vm';

const before = new Set(Reflect.ownKeys(globalThis));
const look = () => {
  console.log(Object.keys(globalThis).sort().join());
  console.log(Reflect.ownKeys(Reflect).map(String).sort().join());
  console.log(process.eventNames().map(String).sort().join());
  console.log(process._getActiveHandles().filter((each) => each.constructor.name !== 'Socket').length);
  console.log(process._getActiveRequests().length, Object.hasOwn(process, 'noDeprecation'));
  console.log(
    process
      .getActiveResourcesInfo()
      .filter((each) => each !== 'PipeWrap')
      .join(),
  );
  console.log(vm.runInNewContext('Object.keys(globalThis).length'));
};
look();
const seen = new Set();
// Numbers of connections are drawn by chance.
const ofSockets = /^(RANDOMBYTES|TCP|UDP|JSSTREAM|SHUTDOWNWRAP|WRITEWRAP|TickObject|PROMISE|GETADDRINFO|Immediate)/;
createHook({ init: (_id, type) => seen.add(type) }).enable();

const server = createServer((socket) => socket.end('bytes')).listen(0, '127.0.0.1');
await once(server, 'listening');
look();
const client = connect(server.address().port, '127.0.0.1').resume();
await once(client, 'close');
const datagrams = createSocket('udp4').bind(0, '127.0.0.1');
await once(datagrams, 'listening');
datagrams.close();
server.close();
await once(server, 'close');
console.log(
  'beside sockets',
  [...seen]
    .filter((each) => !ofSockets.test(each))
    .sort()
    .join(),
);
console.log('added', Reflect.ownKeys(globalThis).filter((each) => !before.has(each)).length);
look();
