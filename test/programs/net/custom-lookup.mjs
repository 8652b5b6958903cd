// A lookup of one's own is asked with the options that were given, and its answer is told and used.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const answers = {
    one: (_, _options, callback) => callback(null, '127.0.0.1', 4),
    later: (_, _options, callback) => setImmediate(callback, null, '127.0.0.1', 4),
    list: (_, options, callback) =>
      options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
    'no family': (_, _options, callback) => callback(null, '127.0.0.1'),
  };
  for (const [name, answer] of Object.entries(answers)) {
    for (const extra of [{ family: 4 }, { autoSelectFamily: true }, { autoSelectFamily: false, hints: 0 }]) {
      await new Promise((resolve) => {
        const log = [];
        const lookup = (host, options, callback) => {
          log.push(host, JSON.stringify(options));
          answer(host, options, callback);
        };
        const client = connect({ port, host: 'somewhere.test', lookup, ...extra });
        client.on('lookup', (...args) => log.push(`lookup ${args.join(' ')}`));
        client.on('connectionAttempt', (ip, at, family) => log.push(`attempt ${ip} ${at === port} ${family}`));
        client.on('connect', () => log.push(`connect ${client.remoteAddress}`));
        client.on('error', (error) => log.push(`${error.code} ${error.message.replace(port, 'PORT')}`));
        client.resume();
        client.on('close', (had) => {
          console.log(name, log.join(' | '), had);
          resolve();
        });
      });
    }
  }
  server.close();
});
