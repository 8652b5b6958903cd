// What is no name, no type and no callback is thrown.
import dns, { promises, Resolver } from 'node:dns';

const attempts = {
  'lookup number': () => dns.lookup(12, () => {}),
  'lookup without callback': () => dns.lookup('a.test'),
  'lookup family': () => dns.lookup('a.test', 5, () => {}),
  'lookup family text': () => dns.lookup('a.test', { family: 'IPv5' }, () => {}),
  'lookup hints': () => dns.lookup('a.test', { hints: 1 << 30 }, () => {}),
  'lookup all': () => dns.lookup('a.test', { all: 'yes' }, () => {}),
  'lookup verbatim': () => dns.lookup('a.test', { verbatim: 'yes' }, () => {}),
  'lookup order': () => dns.lookup('a.test', { order: 'random' }, () => {}).oncomplete?.call,
  'lookupService address': () => dns.lookupService('a.test', 80, () => {}),
  'lookupService port': () => dns.lookupService('127.0.0.1', 65536, () => {}),
  'lookupService callback': () => dns.lookupService('127.0.0.1', 80),
  'resolve type': () => dns.resolve('a.test', 'NOTHING', () => {}),
  'resolve type number': () => dns.resolve('a.test', 12, () => {}),
  'resolve callback': () => dns.resolve('a.test', 'A'),
  'resolve4 name': () => dns.resolve4(12, () => {}),
  'reverse name': () => dns.reverse('a.test', () => {}),
  'timeout text': () => new Resolver({ timeout: 'x' }),
  'timeout -2': () => new Resolver({ timeout: -2 }),
  'tries 0': () => new Resolver({ tries: 0 }),
  'order of results': () => dns.setDefaultResultOrder('random'),
  'promise lookup': () => promises.lookup(12),
  'promise type': () => promises.resolve('a.test', 'NOTHING'),
  'promise reverse': () => promises.reverse('a.test'),
};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    const result = attempt();
    await result;
    console.log(name, 'taken');
  } catch (error) {
    console.log(name, '->', error.name, error.code, error.message);
  }
}
process.exit();
