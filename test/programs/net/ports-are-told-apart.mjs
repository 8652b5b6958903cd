// Port zero gives each server a port of its own, and a closed port refuses at once.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const servers = Array.from({ length: 30 }, () => createServer((socket) => socket.end(String(socket.localPort))));
for (const server of servers) server.listen(0, '127.0.0.1');
await Promise.all(servers.map((server) => server.listening || once(server, 'listening')));
const ports = servers.map((server) => server.address().port);
console.log(
  new Set(ports).size,
  ports.every((port) => port >= 1024 && port < 65536),
);
const answers = await Promise.all(
  ports.map(async (port) => Number((await once(connect(port, '127.0.0.1'), 'data'))[0])),
);
console.log(answers.every((answer, i) => answer === ports[i]));
for (const server of servers) server.close();
await Promise.all(servers.map((server) => once(server, 'close')));
const refusals = await Promise.all(
  ports.map((port) => once(connect(port, '127.0.0.1'), 'connect').catch((error) => error.code)),
);
console.log(new Set(refusals));
