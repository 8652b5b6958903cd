import { Host, Stack } from '@netwright/core';
import { Dns, DnsServer, type DnsServerOptions, Ipv4, Udp } from '@netwright/layers';
import { dns } from '@netwright/node';
import test from 'ava';

const RECORDS: DnsServerOptions['records'] = [
  { name: 'www.example', type: 'A', ttl: 60, data: '10.0.0.1' },
  { name: 'www.example', type: 'AAAA', ttl: 60, data: 'fd00::1' },
  { name: 'alias.example', type: 'CNAME', data: 'www.example' },
  { name: 'example', type: 'MX', data: { preference: 10, exchange: 'mail.example' } },
  { name: 'example', type: 'TXT', data: ['one', 'two'] },
  { name: '_sip._udp.example', type: 'SRV', data: { priority: 1, weight: 2, port: 5060, target: 'sip.example' } },
  {
    name: 'example',
    type: 'SOA',
    data: {
      mname: 'ns.example',
      rname: 'root.example',
      serial: 1,
      refresh: 2,
      retry: 3,
      expire: 4,
      minimum: 5,
    },
  },
  { name: '1.0.0.10.in-addr.arpa', type: 'PTR', data: 'www.example' },
];

/** A stack with a server of names at 127.0.0.1, and a resolver that asks it. */
async function place() {
  const host = Host.create();
  const udp = new Udp(host);
  const ipv4 = new Ipv4(host).registerLayer(udp);
  const resolver = new Dns(host, {
    servers: ['127.0.0.1'],
    hosts: { printer: '10.0.0.9' },
    timeout: 10_000,
    attempts: 1,
  });
  const server = new DnsServer(host, { records: RECORDS });
  udp.registerLayer(resolver).registerLayer(server);
  const stack = await new Stack(host, [ipv4, udp, resolver, server]).start();
  return { stack, udp, names: dns(stack) };
}

const codes = (error: unknown) => {
  const { code, syscall, hostname, message } = error as NodeJS.ErrnoException & { hostname?: string };
  return { code, syscall, hostname, message };
};

test('lookup asks for both families, in the order that was asked for', async (t) => {
  const { names } = await place();
  const { promises } = names;
  t.deepEqual(await promises.lookup('www.example', { all: true, order: 'ipv4first' } as never), [
    { address: '10.0.0.1', family: 4 },
    { address: 'fd00::1', family: 6 },
  ] as never);
  t.deepEqual(await promises.lookup('www.example', 6), { address: 'fd00::1', family: 6 });
  t.deepEqual(await promises.lookup('printer'), { address: '10.0.0.9', family: 4 });
  t.deepEqual(await promises.lookup('10.1.2.3'), { address: '10.1.2.3', family: 4 });
  t.deepEqual(await promises.lookup('localhost', 4), { address: '127.0.0.1', family: 4 });
});

test('what cannot be looked up has the errors of getaddrinfo', async (t) => {
  const { names } = await place();
  const error = await t.throwsAsync(names.promises.lookup('nobody.example'));
  t.deepEqual(codes(error), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname: 'nobody.example',
    message: 'getaddrinfo ENOTFOUND nobody.example',
  });
  t.throws(() => names.lookup('www.example', 5 as never, () => {}), { code: 'ERR_INVALID_ARG_VALUE' });
  t.throws(() => names.lookup('www.example', undefined as never), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('records have the shapes that Node gives them', async (t) => {
  const { promises } = (await place()).names;
  t.deepEqual(await promises.resolve4('WWW.example', { ttl: true }), [{ address: '10.0.0.1', ttl: 60 }]);
  t.deepEqual(await promises.resolve6('www.example'), ['fd00::1']);
  t.deepEqual(await promises.resolveCname('alias.example'), ['www.example']);
  // From version 24 on, Node names the type of some records.
  const typed = (type: string) => (Number(process.versions.node.split('.')[0]) >= 24 ? { type } : {});
  const mail = [{ exchange: 'mail.example', priority: 10, ...typed('MX') }];
  t.deepEqual(await promises.resolveMx('example'), mail);
  t.deepEqual(await promises.resolveTxt('example'), [['one', 'two']]);
  t.deepEqual(await promises.resolveSrv('_sip._udp.example'), [
    { name: 'sip.example', port: 5060, priority: 1, weight: 2, ...typed('SRV') },
  ]);
  t.like(await promises.resolveSoa('example'), { nsname: 'ns.example', minttl: 5 });
  t.deepEqual(await promises.reverse('10.0.0.1'), ['www.example']);
  t.deepEqual(await promises.reverse('127.0.0.1'), ['localhost']);
  t.deepEqual(await promises.resolve('example', 'MX'), mail);
});

test('what cannot be resolved has the codes of c-ares', async (t) => {
  const { names, udp } = await place();
  const { promises } = names;
  const failed = async (asked: Promise<unknown>) => codes(await t.throwsAsync(asked)).message;
  t.is(await failed(promises.resolve4('nobody.example')), 'queryA ENOTFOUND nobody.example');
  t.is(await failed(promises.resolveMx('www.example')), 'queryMx ENODATA www.example');
  t.is(await failed(promises.resolve4('a..b')), 'queryA EBADNAME a..b');
  t.is(await failed(promises.resolve4('hidden.onion')), 'queryA ENOTFOUND hidden.onion');
  t.is(await failed(promises.reverse('nonsense')), 'getHostByAddr EINVAL nonsense');
  const silent = udp.open({ port: 5353 });
  silent.onMessage = () => {};
  const resolver = new promises.Resolver({ timeout: 30, tries: 2 });
  resolver.setServers(['127.0.0.1:5353']);
  t.deepEqual(resolver.getServers(), ['127.0.0.1:5353']);
  t.is(await failed(resolver.resolve4('www.example')), 'queryA ETIMEOUT www.example');
  const given = resolver.resolve4('www.example');
  t.throws(() => resolver.setServers(['127.0.0.1']), { code: 'ERR_DNS_SET_SERVERS_FAILED' });
  resolver.cancel();
  t.is(await failed(given), 'queryA ECANCELLED www.example');
  resolver.setServers([]);
  t.is(await failed(resolver.resolve4('www.example')), 'queryA ECONNREFUSED www.example');
});

test('callbacks and two stacks: each asks its own servers', async (t) => {
  const [one, two] = await Promise.all([place(), place()]);
  two.names.setServers(['127.0.0.1:99']);
  t.deepEqual(one.names.getServers(), ['127.0.0.1']);
  t.deepEqual(two.names.getServers(), ['127.0.0.1:99']);
  const found = await new Promise((resolve, reject) =>
    one.names.resolve4('www.example', (error, addresses) => (error === null ? resolve(addresses) : reject(error))),
  );
  t.deepEqual(found, ['10.0.0.1']);
});
