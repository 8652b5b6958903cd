// Who watches what begins sees the kinds of handles and requests, what they were begun by, and their end.
import { createHook, executionAsyncId, triggerAsyncId } from 'node:async_hooks';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { connect, createServer } from 'node:net';

const kinds = new Map();
const begun = [];
const ended = new Set();
const kind = (id) => kinds.get(id) ?? 'none';
const of = (id) => (/^[A-Z]+(WRAP|STREAM)$/.test(kind(id)) ? kind(id) : 'something else');
createHook({
  init(id, type, trigger, resource) {
    kinds.set(id, type);
    begun.push([id, type, trigger, resource.constructor.name]);
  },
  destroy: (id) => ended.add(id),
}).enable();

const logs = { server: [], client: [], datagrams: [] };
const here = (who, event) => logs[who].push(`${event} in ${of(executionAsyncId())}`);
const server = createServer((socket) => {
  logs.server.push(`begun by ${of(triggerAsyncId())}`);
  here('server', 'connection');
  for (const event of ['data', 'end', 'close']) socket.on(event, () => here('server', event));
  socket.end('x', () => here('server', 'ended'));
});
server.listen(0, '127.0.0.1', () => {
  here('server', 'listening');
  logs.server.push(of(server._handle.getAsyncId()), server._handle.getProviderType());
  const { port } = server.address();
  const client = connect({ port, host: 'localhost', family: 4 }, () => {
    here('client', 'connect');
    logs.client.push(`begun by ${of(triggerAsyncId())}`);
    logs.client.push(of(client._handle.getAsyncId()), client._handle.getProviderType());
    client.write('abc', () => here('client', 'written'));
  });
  for (const event of ['lookup', 'data', 'end', 'close']) client.on(event, () => here('client', event));
  client.on('close', () =>
    server.close(() => {
      here('server', 'closed');
      datagrams();
    }),
  );
});

function datagrams() {
  const socket = createSocket('udp4');
  socket.on('message', () => {
    here('datagrams', 'message');
    socket.close();
  });
  socket.on('close', () => {
    here('datagrams', 'close');
    lookup('localhost', 4, () => {
      here('datagrams', 'lookup');
      setTimeout(tell, 20);
    });
  });
  socket.bind(0, '127.0.0.1', () => {
    socket.send('x', socket.address().port, '127.0.0.1', () => here('datagrams', 'sent'));
  });
}

function tell() {
  for (const [who, lines] of Object.entries(logs)) for (const line of lines) console.log(who, line);
  const ours = begun.filter(([id]) => /^(TCP|UDP|JS|SHUT|GETADDR)/.test(kind(id)));
  const lines = ours.map(([id, type, trigger, resource]) =>
    [type, resource, 'by', of(trigger), ended.has(id) || /ADDR|UDP/.test(type) ? '' : 'not ended'].join(' '),
  );
  console.log(lines.sort().join('\n'));
}
