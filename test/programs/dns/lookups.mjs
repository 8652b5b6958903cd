// Lookups of addresses, odd addresses and this machine answer alike by callback and promise.
import { lookup, promises } from 'node:dns';

const ask = (host, options) =>
  new Promise((resolve) => {
    let later = false;
    lookup(host, options, (error, address, family) =>
      resolve([later, error && `${error.code} ${error.syscall} ${error.hostname}`, address, family]),
    );
    later = true;
  });
for (const [host, options] of [
  ['127.0.0.1', {}],
  ['127.0.0.1', { family: 4 }],
  ['127.0.0.1', { family: 'IPv4' }],
  ['127.0.0.1', { all: true }],
  ['192.0.2.55', 4],
  ['localhost', { family: 4 }],
  ['localhost', { family: 4, all: true }],
  ['LocalHost', 4],
  ['', {}],
  [null, {}],
  [false, { all: true }],
  ['127.1', { family: 4 }],
  ['::1', {}],
  ['::1', { all: true }],
  ['fe80::1%lo', {}],
  ['::ffff:127.0.0.1', { family: 6 }],
]) {
  console.log(JSON.stringify(host), options, await ask(host, options));
  console.log('  promise', await (async () => promises.lookup(host, options))().catch((error) => error.code));
}
