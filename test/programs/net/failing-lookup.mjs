// A lookup that fails or answers nonsense is the socket's error, told once, in a later tick.
import { connect } from 'node:net';

const answers = {
  error: (callback) => callback(Object.assign(new Error('no such host'), { code: 'ENOTFOUND', hostname: 'a.test' })),
  'no address': (callback) => callback(null, '', 4),
  'wrong address': (callback) => callback(null, 'a.test', 4),
  'wrong family': (callback) => callback(null, '127.0.0.1', 9),
  'list of nonsense': (callback) => callback(null, [{ address: 'b.test', family: 4 }]),
};
for (const [name, answer] of Object.entries(answers)) {
  // Some answers to a list that was asked for are beyond what Node itself survives.
  for (const autoSelectFamily of name.startsWith('list') || name === 'error' ? [false, true] : [false]) {
    await new Promise((resolve) => {
      const log = [];
      const client = connect({
        port: 1,
        host: 'a.test',
        autoSelectFamily,
        lookup: (_, _options, callback) => answer(callback),
      });
      log.push(client.connecting);
      client.write('x', (error) => log.push(`write ${error?.code}`));
      client.on('lookup', (...args) => log.push(`lookup ${args.map((each) => each?.code ?? each).join(' ')}`));
      client.on('error', (error) =>
        log.push(`${error.name} ${error.code} ${error.message} ${error.syscall} ${error.host}`),
      );
      client.on('close', (had) => {
        console.log(name, autoSelectFamily, log.join(' | '), had);
        resolve();
      });
    });
  }
}
