// Each form of listen listens, and tells its callback once.
import { createServer } from 'node:net';

const forms = {
  'port, host': (server, done) => server.listen(0, '127.0.0.1', done),
  'port, host, backlog': (server, done) => server.listen(0, '127.0.0.1', 5, done),
  'text port': (server, done) => server.listen('0', '127.0.0.1', done),
  object: (server, done) => server.listen({ port: 0, host: '127.0.0.1' }, done),
  'object with backlog': (server, done) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, done),
  exclusive: (server, done) => server.listen({ port: 0, host: '127.0.0.1', exclusive: true }, done),
  ipv6Only: (server, done) => server.listen({ port: 0, host: '127.0.0.1', ipv6Only: true }, done),
  name: (server, done) => server.listen({ port: 0, host: 'localhost' }, done),
  wildcard: (server, done) => server.listen(0, '0.0.0.0', done),
  'another loopback address': (server, done) => server.listen(0, '127.200.3.4', done),
};
for (const [name, form] of Object.entries(forms)) {
  const server = createServer();
  let told = 0;
  await new Promise((resolve) => {
    console.log(name, form(server, () => ++told && setImmediate(resolve)) === server);
  });
  const { address, family } = server.address();
  console.log(told, address, family);
  await new Promise((resolve) => server.close(resolve));
}
for (const form of [
  (server) => server.listen(),
  (server) => server.listen(0),
  (server) => server.listen({ port: 0 }),
  (server) => server.listen(null),
  (server) => server.listen(undefined),
]) {
  const server = createServer();
  await new Promise((resolve) => form(server).once('listening', resolve));
  console.log(server.listening, server.address().port > 0);
  await new Promise((resolve) => server.close(resolve));
}
