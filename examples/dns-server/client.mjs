import { promises } from 'node:dns';

const { DNS_HOST = '127.0.0.1', DNS_PORT = '5300' } = process.env;
const resolver = new promises.Resolver();
resolver.setServers([`${DNS_HOST}:${DNS_PORT}`]);

console.log('A', await resolver.resolve4('web.zone.test'));
console.log('A of an alias', await resolver.resolve4('www.zone.test'));
console.log('AAAA', await resolver.resolve6('mail.zone.test'));
for (const { priority, exchange } of await resolver.resolveMx('zone.test')) console.log('MX', priority, exchange);
for (const { name, port } of await resolver.resolveSrv('_ssh._tcp.zone.test')) console.log('SRV', name, port);
const { nsname, serial } = await resolver.resolveSoa('zone.test');
console.log('SOA', nsname, serial);
const long = await resolver.resolveTxt('long.zone.test');
console.log('TXT', long[0].length, 'lines: too many for a datagram');
for (const name of ['nowhere.zone.test', 'web.zone.test']) {
  await resolver.resolveTxt(name).catch((error) => console.log(name, error.code));
}
