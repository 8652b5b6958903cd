// A peer that goes away in the middle is a premature close to who waits for the whole.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { finished } from 'node:stream';
import { finished as promised } from 'node:stream/promises';

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.write('half');
  socket.once('data', (data) => (`${data}` === 'end' ? socket.end() : socket.destroy()));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
for (const how of ['end', 'destroy', 'mine']) {
  const client = connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: true });
  const log = [];
  finished(client, (error) => log.push(`whole ${error?.code}`));
  finished(client, { writable: false }, (error) => log.push(`readable ${error?.code}`));
  const promise = promised(client).catch((error) => log.push(`promise ${error.code}`));
  client.resume();
  client.on('error', (error) => log.push(error.code));
  await once(client, 'data');
  if (how === 'mine') client.destroy();
  else client.write(how);
  if (how !== 'mine') client.on('end', () => client.destroy());
  await promise;
  await new Promise((resolve) => setTimeout(resolve, 10));
  console.log(how, log.sort().join(', '));
}
server.close();
