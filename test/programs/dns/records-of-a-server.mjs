// A resolver asks the server it was given, and each kind of record is told as Node tells it.
import { createSocket } from 'node:dgram';
import { promises } from 'node:dns';
import { answer, name, string, u16, u32 } from '../fixtures/name-server.mjs';

const table = {
  'A a.test': [
    [Buffer.from([10, 1, 2, 3]), 30],
    [Buffer.from([10, 1, 2, 4]), 31],
  ],
  'AAAA a.test': [[Buffer.from('20010db8000000000000000000000001', 'hex'), 32]],
  'A alias.test': [
    [name('a.test'), 9, 'CNAME'],
    [Buffer.from([10, 1, 2, 3]), 30, 'A', 'a.test'],
  ],
  'CNAME alias.test': [[name('a.test')]],
  'MX a.test': [[Buffer.concat([u16(10), name('mail.a.test')])], [Buffer.concat([u16(5), name('first.a.test')])]],
  'TXT a.test': [[Buffer.concat([string('one'), string('two')])], [string('v=spf1 -all')]],
  'SRV _x._tcp.a.test': [[Buffer.concat([u16(1), u16(2), u16(443), name('srv.a.test')])]],
  'NS a.test': [[name('ns1.a.test')], [name('ns2.a.test')]],
  'SOA a.test': [[Buffer.concat([name('ns1.a.test'), name('root.a.test'), u32(7), u32(8), u32(9), u32(10), u32(11)])]],
  'PTR 3.2.1.10.in-addr.arpa': [[name('a.test')]],
  'CAA a.test': [[Buffer.concat([Buffer.from([0]), string('issue'), Buffer.from('ca.test')])]],
  'NAPTR a.test': [[Buffer.concat([u16(1), u16(2), string('s'), string('SIP'), string(''), name('b.test')])]],
};
const server = createSocket('udp4');
server.on('message', (query, from) => server.send(answer(query, table), from.port, from.address));
server.bind(0, '127.0.0.1', async () => {
  const resolver = new promises.Resolver();
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  const ask = async (what, promise) => console.log(what, await promise.catch((error) => error.code));
  await ask('resolve', resolver.resolve('a.test'));
  await ask('resolve4', resolver.resolve4('a.test'));
  await ask('resolve4 ttl', resolver.resolve4('a.test', { ttl: true }));
  await ask('resolve6', resolver.resolve6('a.test'));
  await ask('resolve6 ttl', resolver.resolve6('a.test', { ttl: true }));
  await ask('alias', resolver.resolve4('alias.test'));
  await ask('resolveCname', resolver.resolveCname('alias.test'));
  await ask('resolveMx', resolver.resolveMx('a.test'));
  await ask('resolveTxt', resolver.resolveTxt('a.test'));
  await ask('resolveSrv', resolver.resolveSrv('_x._tcp.a.test'));
  await ask('resolveNs', resolver.resolveNs('a.test'));
  await ask('resolveSoa', resolver.resolveSoa('a.test'));
  await ask('reverse', resolver.reverse('10.1.2.3'));
  await ask('resolvePtr', resolver.resolvePtr('3.2.1.10.in-addr.arpa'));
  await ask('resolveCaa', resolver.resolveCaa('a.test'));
  await ask('resolveNaptr', resolver.resolveNaptr('a.test'));
  for (const type of ['A', 'AAAA', 'MX', 'TXT', 'NS', 'SOA', 'CAA', 'NAPTR'])
    await ask(`resolve ${type}`, resolver.resolve('a.test', type));
  server.close();
});
