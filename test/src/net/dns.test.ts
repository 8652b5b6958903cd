import { SeededRandom } from '@netwright/core';
import {
  type DnsMessage,
  type DnsRecord,
  DnsServer,
  decodeMessage,
  encodeQuery,
  encodeResponse,
  Udp,
  UdpApplication,
} from '@netwright/layers';
import test from 'ava';
import { answer, ip, lab, RECORDS, scripted, standard } from './dns-lab.js';

// @rfc 1035 S4.1.1-1
// @rfc 2181 S4-1
test('a name becomes its address, and the way there and back has its reasons', async (t) => {
  const { segment, dns } = standard();
  t.is(String(await segment.clock.settle(dns.lookup('www.example'))), '10.0.0.80');
  t.deepEqual(
    segment.sent.map((each) => each.reason),
    ['dns.query', 'dns.answer'],
  );
  t.is(segment.clock.now(), 2);
  t.is(segment.pool.inUse, 0);
  t.is(dns.host.timers.armed, 0);
});

// @rfc 1034 S3.6.2-1 S4.3.2-1
test('addresses of either family are found, aliases followed, other types asked for', async (t) => {
  const { segment, dns } = standard();
  const { clock } = segment;
  t.is(String(await clock.settle(dns.lookup('www.example', { family: 6 }))), 'fd00::80');
  t.is(String(await clock.settle(dns.lookup('six.example'))), 'fd00::6');
  t.is(String(await clock.settle(dns.lookup('ALIAS.example.'))), '10.0.0.80');
  const mail = await clock.settle(dns.query('example', 'mx'));
  t.like(mail[0].data, { preference: 10, exchange: 'mail.example' });
  t.deepEqual(await clock.settle(dns.reverse(ip('10.0.0.80'))), ['www.example']);
});

// @rfc 1034 S4.3.2-1
test('what is not there is told apart: no such name, no such record', async (t) => {
  const { segment, dns } = standard();
  const { clock } = segment;
  await t.throwsAsync(clock.settle(dns.lookup('nowhere.example')), { code: 'ENOTFOUND' });
  await t.throwsAsync(clock.settle(dns.query('nowhere.example', 'MX')), { code: 'ENOTFOUND' });
  await t.throwsAsync(clock.settle(dns.query('six.example', 'MX')), { code: 'ENODATA' });
  await t.throwsAsync(clock.settle(dns.lookup('six.example', { family: 4 })), { code: 'ENOTFOUND' });
  await t.throwsAsync(clock.settle(dns.lookup('bad..name')), { code: 'EBADNAME' });
});

test('addresses are never looked up: 8.8.8.8, 192.168.1.1, 1.1.1.1 and IPv6 ones', async (t) => {
  const { segment, dns } = standard();
  for (const address of ['8.8.8.8', '192.168.1.1', '1.1.1.1', '10.0.0.1', 'fe80::1', '::1'])
    t.is(String(await dns.lookup(address)), address);
  await t.throwsAsync(dns.lookup('8.8.8.8', { family: 6 }), { code: 'ENOTFOUND' });
  t.is(segment.sent.length, 0);
});

test('an address whose last part has one digit is an answer like any other', async (t) => {
  const { segment, dns, at } = lab();
  scripted(at('10.0.0.53'), (query) => answer(query, '10.0.0.9'));
  t.is(String(await segment.clock.settle(dns.lookup('nine.example'))), '10.0.0.9');
});

// @rfc 1034 S5.3.3-1
test('hosts of the options and localhost need no server', async (t) => {
  const { segment, dns } = standard({ hosts: { 'Printer.lab': ['10.0.0.7', 'fd00::7'] } });
  t.is(String(await dns.lookup('printer.LAB')), '10.0.0.7');
  t.is(String(await dns.lookup('printer.lab', { family: 6 })), 'fd00::7');
  t.is(String(await dns.lookup('localhost')), '127.0.0.1');
  t.deepEqual(await dns.reverse(ip('10.0.0.7')), ['printer.lab']);
  await t.throwsAsync(dns.lookup('www.example'), { code: 'ESERVFAIL' });
  t.is(segment.sent.length, 0);
});

// @rfc 1034 S5.3.3-3
// @rfc 6891 S6.1.1-3
test('an answer is kept for its TTL and asked for again after it', async (t) => {
  const { segment, dns, server } = standard();
  const look = () => segment.clock.settle(dns.lookup('www.example'));
  await look();
  segment.clock.advance(59_000);
  await look();
  t.is(server.counters.queries, 1);
  segment.clock.advance(2000);
  await look();
  t.is(server.counters.queries, 2);
});

// @rfc 2308 S3-1 S5-1 S5-3
test('an absence is kept too, for every type where the name does not exist', async (t) => {
  const { segment, dns, server } = standard();
  const look = (name: string) => t.throwsAsync(segment.clock.settle(dns.lookup(name)), { code: 'ENOTFOUND' });
  await look('nowhere.example');
  t.is(server.counters.queries, 1);
  await look('nowhere.example');
  t.is(server.counters.queries, 1);
  segment.clock.advance(61_000);
  await look('nowhere.example');
  t.is(server.counters.queries, 2);
});

test('those who ask the same at once share one query', async (t) => {
  const { segment, dns, server } = standard();
  const all = Promise.all(Array.from({ length: 20 }, () => dns.lookup('www.example')));
  t.is((await segment.clock.settle(all)).length, 20);
  t.is(server.counters.queries, 1);
});

// @rfc 1035 S4.2.1-2
// @rfc 5452 S9.2-1 S9.2-3
test('a lost answer is asked for again, with another id from another port', async (t) => {
  const { segment, dns } = standard();
  segment.lose = (sent) => sent.reason === 'dns.answer' && segment.clock.now() < 5000;
  t.is(String(await segment.clock.settle(dns.lookup('www.example'))), '10.0.0.80');
  t.is(segment.clock.now(), 2000 + 4000 + 2);
  const queries = segment.sent.filter((each) => each.reason === 'dns.query').map(({ bytes }) => bytes);
  t.is(queries.length, 3);
  t.is(new Set(queries.map((bytes) => (bytes[0] << 8) | bytes[1])).size, 3);
  t.is(new Set(queries.map((bytes) => (bytes[8] << 8) | bytes[9])).size, 3);
});

// @rfc 1034 S5.3.3-2
test('a server that never answers is a time-out, after all rounds', async (t) => {
  const { segment, dns, at } = lab({ servers: ['10.0.0.53'], timeout: 100, attempts: 3 });
  const server = scripted(at('10.0.0.53'), () => null);
  const error = await t.throwsAsync(segment.clock.settle(dns.lookup('www.example')), { code: 'ETIMEOUT' });
  t.is(segment.clock.now(), 700);
  t.true(error?.message.includes('700 ms'));
  t.is(server.asked, 3);
  t.is(dns.host.timers.armed, 0);
  t.is(segment.pool.inUse, 0);
});

// @rfc 1034 S5.3.1-1
test('servers are asked in their order: one that is silent, one that fails, one that nobody runs, then the good one', async (t) => {
  const { segment, dns, at } = lab({
    servers: ['10.0.0.50', '10.0.0.51', '10.0.0.52', { address: '10.0.0.53', port: 53 }],
    timeout: 100,
  });
  const silent = scripted(at('10.0.0.50'), () => null);
  const failing = scripted(at('10.0.0.51'), (query) => answer(query, '6.6.6.6', { rcode: 'SERVFAIL', answers: [] }));
  at('10.0.0.52');
  const good = scripted(at('10.0.0.53'), (query) => answer(query));
  t.is(String(await segment.clock.settle(dns.lookup('www.example'))), '10.0.0.80');
  t.is(segment.clock.now(), 100 + 2 + 2 + 2);
  t.deepEqual([silent.asked, failing.asked, good.asked], [1, 1, 1]);
});

test('when every server fails, the error says what they said', async (t) => {
  const { segment, dns, at } = lab({ servers: ['10.0.0.50', '192.168.9.9'] });
  scripted(at('10.0.0.50'), (query) => answer(query, '6.6.6.6', { rcode: 'REFUSED', answers: [] }));
  const error = await t.throwsAsync(segment.clock.settle(dns.lookup('www.example')), { code: 'ESERVFAIL' });
  t.regex(error?.message ?? '', /10\.0\.0\.50 said REFUSED|192\.168\.9\.9 cannot be reached/);
});

test('with rotation each question begins with the next server', async (t) => {
  const { segment, dns, at } = lab({ servers: ['10.0.0.50', '10.0.0.51'], rotate: true });
  const logs = ['10.0.0.50', '10.0.0.51'].map((address) => scripted(at(address), (query) => answer(query)));
  for (const name of ['a.test', 'b.test', 'c.test', 'd.test']) await segment.clock.settle(dns.lookup(name));
  t.deepEqual(
    logs.map((each) => each.asked),
    [2, 2],
  );
});

// @rfc 1034 S5.3.3-1
// @rfc 1035 S7.3-1
// @rfc 5452 S9.1-1
test('forged answers are ignored: wrong id, wrong question, wrong address, wrong port, not an answer', async (t) => {
  const { segment, dns, at, client } = lab();
  const real = at('10.0.0.53');
  const attacker = at('10.0.0.66');
  const other = real.open({ port: 5353 });
  const socket = real.open({ port: 53 });
  socket.onMessage = (data, from) => {
    const query = decodeMessage(data);
    if (query === undefined) return;
    const forged = encodeResponse(answer(query, '6.6.6.6'));
    const say = (message: DnsMessage) => socket.send(encodeResponse(message), from.port, from.address);
    attacker.open({ port: 53 }).send(forged, from.port, from.address);
    other.send(forged, from.port, from.address);
    say(answer({ ...query, id: query.id ^ 1 }, '6.6.6.6'));
    say(answer({ ...query, questions: [{ name: 'other.example', type: 'A' }] }, '6.6.6.6'));
    say(answer({ ...query, questions: [{ ...query.questions[0], type: 'AAAA' }] }, '6.6.6.6'));
    say({ ...answer(query, '6.6.6.6'), questions: [] });
    socket.send(data.slice(), from.port, from.address);
    socket.send('garbage', from.port, from.address);
    say(answer(query, '10.0.0.80'));
  };
  t.is(String(await segment.clock.settle(dns.lookup('www.example'))), '10.0.0.80');
  t.is(dns.counters.ignored, 6);
  t.deepEqual(client.rejections.length, 2);
  t.is(segment.pool.inUse, 0);
});

// @rfc 1034 S3.6.2-1
test('an alias that leads out of the message is asked for, a ring of them ends', async (t) => {
  const { segment, dns, at } = lab();
  const alias = (name: string, data: string): DnsRecord => ({ name, type: 'CNAME', ttl: 60, data });
  const server = scripted(at('10.0.0.53'), (query) => {
    const [{ name }] = query.questions;
    if (name === 'out.example') return answer(query, '', { answers: [alias(name, 'far.test')] });
    if (name === 'ring.example') return answer(query, '', { answers: [alias(name, 'gnir.example')] });
    if (name === 'gnir.example') return answer(query, '', { answers: [alias(name, 'ring.example')] });
    return answer(query, '10.0.0.44');
  });
  const records = await segment.clock.settle(dns.query('out.example', 'ANY'));
  t.deepEqual(
    records.map((each) => each.type),
    ['CNAME'],
  );
  t.is(String(await segment.clock.settle(dns.lookup('out.example'))), '10.0.0.44');
  const before = server.asked;
  await t.throwsAsync(segment.clock.settle(dns.lookup('ring.example')), { code: 'ESERVFAIL' });
  t.true(server.asked - before <= 10);
});

// @rfc 6891 S6.2.2-1 S6.2.3-2
test('a server that knows nothing of EDNS is asked without', async (t) => {
  const { segment, dns, at } = lab();
  const sizes: number[] = [];
  scripted(at('10.0.0.53'), (query) => {
    sizes.push(query.payloadSize);
    return query.payloadSize > 512 ? answer(query, '', { rcode: 'FORMERR', answers: [] }) : answer(query);
  });
  t.is(String(await segment.clock.settle(dns.lookup('www.example'))), '10.0.0.80');
  t.deepEqual(sizes, [1232, 512]);
});

// @rfc 1035 S4.2.1-1
// @rfc 6891 S6.1.1-1 S6.1.1-2 S6.1.3-1 S6.2.3-1 S6.2.3-3 S7-1
test('a server says that it knows EDNS to who says so, and of which version; to others it says nothing', (t) => {
  const { segment, udp } = standard();
  const client = udp.open();
  const many = Array.from({ length: 100 }, (_, i) => ({ name: 'many.example', data: `10.1.0.${i}` }));
  const other = segment.station('10.0.0.54');
  const layer = new Udp(other.host);
  other.registerLayer(layer);
  layer.registerLayer(new DnsServer(other.host, { records: many }));
  const ask = (query: Uint8Array, server = '10.0.0.53') => {
    client.send(query, 53, server);
    segment.clock.run();
    const { data } = client.poll() as { data: Uint8Array };
    return { ...(decodeMessage(data) as DnsMessage), bytes: data };
  };
  const question = { name: 'www.example', type: 'A' };
  const plain = ask(encodeQuery(1, question, 0));
  t.deepEqual([plain.rcode, plain.edns, plain.bytes[11]], ['NOERROR', undefined, 0]);
  const extended = encodeQuery(2, question, 1232);
  const answered = ask(extended);
  t.deepEqual([answered.rcode, answered.edns, answered.payloadSize, answered.answers.length], ['NOERROR', 0, 1232, 1]);
  // The OPT record stands last: its extended code, version and flags are the four bytes before its length.
  const newer = extended.slice();
  newer[newer.length - 5] = 1;
  const refused = ask(newer);
  t.deepEqual(
    [refused.bytes[3] & 15, refused.bytes.at(-6), refused.bytes.at(-5), refused.answers.length],
    [0, 1, 0, 0],
  );
  const option = extended.slice(-11);
  const twice = Uint8Array.from([...extended, ...option]);
  twice[11] = 2;
  const contradicts = ask(twice);
  t.deepEqual([contradicts.rcode, contradicts.edns], ['FORMERR', 0]);
  const all = { name: 'many.example', type: 'A' };
  for (const size of [512, 16]) {
    const cut = ask(encodeQuery(3, all, size), '10.0.0.54');
    t.deepEqual([cut.truncated, cut.edns, cut.answers.length], [true, 0, 0], `${size} bytes count as 512`);
    t.is(ask(encodeQuery(3, question, size)).answers.length, 1);
  }
  t.is(ask(encodeQuery(4, all, 4096), '10.0.0.54').answers.length, 100, 'and hold for one question alone');
  t.true(ask(encodeQuery(5, all, 0), '10.0.0.54').truncated);
});

// @rfc 2308 S7-1
test('a failure is not kept: who asks again asks the server', async (t) => {
  const { segment, dns, at } = lab({ servers: ['10.0.0.53'], attempts: 1 });
  const server = scripted(at('10.0.0.53'), (query, asked) =>
    asked === 1 ? answer(query, '', { rcode: 'SERVFAIL', answers: [] }) : answer(query),
  );
  await t.throwsAsync(segment.clock.settle(dns.query('www.example', 'A')), { code: 'ESERVFAIL' });
  t.is((await segment.clock.settle(dns.query('www.example', 'A'))).length, 1);
  t.is(server.asked, 2);
});

test('short names are completed from the search domains', async (t) => {
  const { segment, dns } = standard({ servers: ['10.0.0.53'], search: ['lab.example', 'example'] });
  t.is(String(await segment.clock.settle(dns.lookup('www'))), '10.0.0.80');
});

// @rfc 5452 S9.2-2
test('questions under way are bounded, and given up when the stack stops', async (t) => {
  const { segment, dns, at, udp } = lab({ servers: ['10.0.0.53'], maxQueries: 3 });
  scripted(at('10.0.0.53'), () => null);
  const waiting = ['a.test', 'b.test', 'c.test'].map((name) => dns.lookup(name, { family: 4 }));
  await t.throwsAsync(dns.lookup('d.test', { family: 4 }), { code: 'ENOBUFS' });
  t.is(udp.openSockets, 3);
  dns.stop();
  for (const each of waiting) await t.throwsAsync(each, { code: 'ECANCELLED' });
  t.is(udp.openSockets, 0);
  segment.clock.run();
  t.is(segment.pool.inUse, 0);
});

test('a program that does not await gets its answer on the virtual clock alone', (t) => {
  const { segment, dns } = standard();
  const told: string[] = [];
  dns.resolve('www.example', 0, (error, addresses) => told.push(`${error?.code ?? addresses[0]}`));
  dns.find('example', 'TXT', (error) => told.push(`${error?.code}`));
  segment.clock.run();
  t.deepEqual(told, ['10.0.0.80', 'ENODATA']);
});

test('20 000 damaged answers: each is ignored or taken, nothing throws, nothing leaks', async (t) => {
  const { segment, dns, at } = lab({ servers: ['10.0.0.53'], timeout: 10_000, attempts: 1, cache: 0 });
  let seed = 1;
  const draw = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed >>> 8;
  };
  const server = at('10.0.0.53');
  const socket = server.open({ port: 53 });
  let left = 20_000;
  socket.onMessage = (data, from) => {
    const query = decodeMessage(data);
    if (query === undefined) return;
    const whole = encodeResponse(answer(query));
    for (let batch = 0; batch < 400 && left > 0; batch++, left--) {
      const bytes = whole.slice(0, draw() % (whole.length + 1));
      for (let hits = draw() % 3; hits > 0 && bytes.length > 0; hits--) bytes[draw() % bytes.length] = draw();
      socket.send(bytes, from.port, from.address);
    }
  };
  let rounds = 0;
  while (left > 0 && rounds++ < 2000) {
    dns.resolve('www.example', 4, () => {});
    segment.clock.run();
  }
  t.is(left, 0);
  t.is(segment.pool.inUse, 0);
  t.is(dns.host.timers.armed, 0);
  t.true(dns.counters.ignored > 1000);
});

test('20 000 damaged queries: a server answers or ignores each, nothing throws, nothing leaks', (t) => {
  const { segment, at, udp } = standard();
  const server = at('10.0.0.54');
  const damaged = new DnsServer(server.host, { records: RECORDS });
  server.registerLayer(damaged);
  const faults: unknown[] = [];
  server.host.fault = (error) => faults.push(error);
  const random = new SeededRandom('queries');
  const socket = udp.open({ receiveBuffer: 0 });
  const whole = encodeQuery(7, { name: 'www.example', type: 'A' }, 1232);
  for (let round = 0; round < 20_000; round++) {
    const bytes = whole.slice(0, random.uint32() % 4 === 0 ? random.uint32() % (whole.length + 1) : whole.length);
    for (let hits = random.uint32() % 4; hits > 0 && bytes.length > 0; hits--)
      bytes[random.uint32() % bytes.length] = random.uint32();
    socket.send(bytes, 53, '10.0.0.54');
    if (round % 100 === 0) segment.clock.run();
  }
  segment.clock.run();
  t.is(damaged.counters.queries + damaged.counters.malformed, 20_000);
  t.true(damaged.counters.queries > 1000 && damaged.counters.malformed > 1000);
  t.deepEqual(faults, []);
  t.is(segment.pool.inUse, 0);
});

test('a server refuses records that it could not send', (t) => {
  const { segment } = lab();
  const make = (records: { name: string; type?: string; data: unknown }[]) => () =>
    new DnsServer(segment.stations[0].host, { records });
  t.throws(make([{ name: 'www.lab', data: 'not an address' }]), { code: 'EINVAL' });
  t.throws(make([{ name: 'www.lab', type: 'MX', data: null }]), { code: 'EINVAL' });
  t.throws(make([{ name: 'www..lab', data: '10.0.0.1' }]), { code: 'EINVAL' });
  t.notThrows(make([{ name: 'www.lab', type: 'TXT', data: ['text'] }]));
});

test('an application connects to a host by its name, and is told when there is none', async (t) => {
  const { segment, udp, at } = standard();
  const app = new UdpApplication();
  udp.registerLayer(app);
  const server = at('10.0.0.80').open({ port: 7 });
  await segment.clock.settle(app.connect('www.example', 7));
  app.sendPacket('hello');
  segment.clock.run();
  t.is(new TextDecoder().decode(server.poll()?.data), 'hello');
  t.is(String(app.peer?.address), '10.0.0.80');
  const lost = new UdpApplication();
  udp.registerLayer(lost);
  await t.throwsAsync(segment.clock.settle(lost.connect('nowhere.example', 7)), { code: 'ENOTFOUND' });
});
