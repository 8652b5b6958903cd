// What a socket or a server cannot be made of is thrown with a code and a text.
import { connect, createServer, Server, Socket } from 'node:net';

const attempts = {
  'port -1': () => connect(-1),
  'port 65536': () => connect(65536, '127.0.0.1'),
  'port 1.5': () => connect(1.5, '127.0.0.1'),
  'port NaN': () => connect({ port: Number.NaN, host: '127.0.0.1' }),
  'port text': () => connect({ port: 'http', host: '127.0.0.1' }),
  'port missing': () => connect({ host: '127.0.0.1' }),
  'port null': () => connect({ port: null, host: '127.0.0.1' }),
  nothing: () => new Socket().connect(),
  'localAddress name': () => connect({ port: 1, host: '127.0.0.1', localAddress: 'localhost' }),
  'localPort text': () => connect({ port: 1, host: '127.0.0.1', localPort: '12' }),
  'lookup text': () => connect({ port: 1, host: 'localhost', lookup: 'dns' }),
  hints: () => connect({ port: 1, host: 'localhost', hints: 1 << 20 }),
  'family 5': () => connect({ port: 1, host: 'localhost', family: 5 }),
  autoSelectFamily: () => connect({ port: 1, host: 'localhost', autoSelectFamily: 'yes' }),
  autoSelectFamilyAttemptTimeout: () => connect({ port: 1, host: 'localhost', autoSelectFamilyAttemptTimeout: 0 }),
  objectMode: () => new Socket({ objectMode: true }),
  readableObjectMode: () => new Socket({ readableObjectMode: true }),
  'path number': () => connect({ path: 12 }),
  'fd text': () => new Socket({ fd: 'one' }),
  'fd -1': () => new Socket({ fd: -1 }),
  signal: () => new Socket({ signal: 'now' }),
  'server options': () => createServer('options'),
  'server without new': () => Server(12),
  'listen -1': () => createServer().listen(-1),
  'listen 65536': () => createServer().listen({ port: 65536 }),
  'listen text': () => createServer().listen({ port: 'ab' }),
  'listen {}': () => createServer().listen({}),
  'listen {host}': () => createServer().listen({ host: '127.0.0.1' }),
  'listen false': () => createServer().listen(false),
  'listen {fd -1}': () => createServer().listen({ fd: -1 }),
  'listen signal': () => createServer().listen({ port: 0, signal: {} }),
};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    const made = attempt();
    made.on?.('error', () => {});
    made.destroy?.();
    made.close?.();
    console.log(name, 'taken');
  } catch (error) {
    console.log(name, '->', error.name, error.code, error.message);
  }
}
