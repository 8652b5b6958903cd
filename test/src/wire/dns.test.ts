import { IpAddress, SeededRandom } from '@netwright/core';
import {
  candidates,
  canonical,
  Deframer,
  DnsCache,
  type DnsMessage,
  type DnsRecord,
  decodeMessage,
  encodeQuery,
  encodeResponse,
  framed,
  judge,
  nameProblem,
  reverseName,
} from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';

const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

const a = (name: string, data: string, ttl = 300): DnsRecord => ({ name, type: 'A', ttl, data });
const cname = (name: string, data: string, ttl = 300): DnsRecord => ({ name, type: 'CNAME', ttl, data });
const soa = (ttl: number, minimum: number): DnsRecord => ({
  name: 'example',
  type: 'SOA',
  ttl,
  data: { mname: 'ns', rname: 'host', serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
});
const message = (parts: Partial<DnsMessage>): DnsMessage => ({
  id: 7,
  response: true,
  opcode: 'QUERY',
  rcode: 'NOERROR',
  truncated: false,
  questions: [{ name: 'www.example', type: 'A' }],
  answers: [],
  authorities: [],
  payloadSize: 512,
  ...parts,
});

// @rfc 1034 S5.3.1-1
// @rfc 1035 S4.1-1 S4.1.1-1
test('a query is, byte for byte, what RFC 1035 section 4 draws', (t) => {
  t.deepEqual(
    encodeQuery(0x1234, { name: 'www.example.com', type: 'A' }, 0),
    Uint8Array.from(
      hex(`1234 0100 0001 0000 0000 0000 03777777 076578616d706c65 03636f6d 00 0001 0001`.replace(/ /g, '')),
    ),
    'plain',
  );
  const extended = encodeQuery(1, { name: 'a', type: 'AAAA' }, 1232);
  t.deepEqual([...extended.slice(-11)], [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]);
  t.is(decodeMessage(extended)?.payloadSize, 1232);
});

// @rfc 1035 S4.1.4-1
// @rfc 2181 S5.2-1
test('compressed names are read (RFC 1035 section 4.1.4)', (t) => {
  const bytes = hex(
    '000781800001000200000000' +
      '0377777707657861 6d706c65 00 0001 0001 c00c 0005 0001 0000003c 0006 03 776562 c010 c029 0001 0001 0000001e 0004 0a000009'.replace(
        / /g,
        '',
      ),
  );
  const read = decodeMessage(bytes);
  t.deepEqual(read?.answers, [cname('www.example', 'web.example', 60), a('web.example', '10.0.0.9', 30)]);
});

// @rfc 1035 S4.1-1
test('what is encoded is decoded, for names and records of all kinds', (t) => {
  const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
  const name = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'));
  const record = fc.oneof(
    fc.record({ name, type: fc.constant('A'), ttl: fc.nat(0x7fffffff), data: fc.ipV4() }),
    fc.record({ name, type: fc.constantFrom('CNAME', 'NS', 'PTR'), ttl: fc.nat(0x7fffffff), data: name }),
    fc.record({
      name,
      type: fc.constant('MX'),
      ttl: fc.nat(1000),
      data: fc.record({ preference: fc.nat(65535), exchange: name }),
    }),
  );
  fc.assert(
    fc.property(fc.nat(65535), name, fc.array(record, { maxLength: 8 }), (id, asked, answers) => {
      const sent = message({ id, questions: [{ name: asked, type: 'A' }], answers });
      t.deepEqual(decodeMessage(encodeResponse(sent)), sent);
    }),
    { numRuns: 200 },
  );
});

test('20 000 damaged messages are read or refused, and throw nothing', (t) => {
  const whole = encodeResponse(
    message({ answers: [cname('www.example', 'b.example'), a('b.example', '10.0.0.1')], authorities: [soa(60, 60)] }),
  );
  const random = new SeededRandom('dns damage');
  let read = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = whole.slice(0, round % 3 === 0 ? random.uint32() % (whole.length + 1) : whole.length);
    for (let hits = random.uint32() % 4; hits > 0 && bytes.length > 0; hits--)
      bytes[random.uint32() % bytes.length] = random.uint32();
    const message = decodeMessage(bytes);
    if (message === undefined) continue;
    read++;
    judge(message, { name: 'www.example', type: 'A' });
  }
  t.true(read > 1000 && read < 19_000, String(read));
});

test('a truncated message that ends within a record still says that it is truncated', (t) => {
  const whole = encodeResponse(message({ truncated: true, answers: [a('www.example', '10.0.0.1')] }));
  const cut = decodeMessage(whole.slice(0, -3));
  t.true(cut?.truncated);
  t.deepEqual(cut?.questions, [{ name: 'www.example', type: 'A' }]);
  t.deepEqual(cut?.answers, []);
  const complete = encodeResponse(message({ answers: [a('www.example', '10.0.0.1')] }));
  t.is(decodeMessage(complete.slice(0, -3)), undefined);
});

const question = { name: 'www.example', type: 'A' };

// @rfc 1034 S3.6.2-1
test('aliases lead to the answer, whatever their order and case', (t) => {
  const answers = [
    a('c.example', '10.0.0.3', 50),
    cname('b.example', 'C.Example', 20),
    cname('www.example', 'B.example.'),
  ];
  const outcome = judge(message({ answers }), question);
  t.is(outcome.kind, 'answer');
  if (outcome.kind !== 'answer') return;
  t.is(outcome.ttl, 20);
  t.deepEqual(
    outcome.records.map((each) => each.type),
    ['CNAME', 'CNAME', 'A'],
  );
});

// @rfc 2181 S5.4.1-1
test('records that the name does not lead to are not believed', (t) => {
  const outcome = judge(message({ answers: [a('bank.example', '6.6.6.6')] }), question);
  t.is(outcome.kind, 'nodata');
});

// @rfc 2181 S10.1-1
test('an alias without end is a failure, one that leads out of the message is followed', (t) => {
  t.is(judge(message({ answers: [cname('www.example', 'www.example')] }), question).kind, 'failed');
  t.is(judge(message({ answers: [cname('www.example', 'b'), cname('b', 'www.example')] }), question).kind, 'failed');
  t.like(judge(message({ answers: [cname('www.example', 'far.away')] }), question), {
    kind: 'alias',
    target: 'far.away',
  });
});

// @rfc 2308 S3-2 S5-2
test('an absence holds for the lesser of TTL and minimum of its SOA, and is not kept without one', (t) => {
  t.deepEqual(judge(message({ rcode: 'NXDOMAIN', authorities: [soa(900, 60)] }), question), {
    kind: 'nxdomain',
    ttl: 60,
  });
  t.deepEqual(judge(message({ rcode: 'NXDOMAIN', authorities: [soa(30, 60)] }), question), {
    kind: 'nxdomain',
    ttl: 30,
  });
  t.deepEqual(judge(message({ rcode: 'NXDOMAIN' }), question), { kind: 'nxdomain', ttl: 0 });
  t.deepEqual(judge(message({ authorities: [soa(10, 60)] }), question), { kind: 'nodata', ttl: 10 });
  t.is(judge(message({ rcode: 'SERVFAIL' }), question).kind, 'failed');
});

// @rfc 1034 S5.3.3-3
// @rfc 2308 S5-3
test('the cache gives what is left of the TTL, and nothing after it', (t) => {
  const cache = new DnsCache(10, 86400, 10800);
  cache.put('www.example', 'A', { kind: 'answer', records: [a('www.example', '10.0.0.1', 60)], ttl: 60 }, 1000);
  const kept = cache.get('www.example', 'A', 11_500);
  t.deepEqual(kept, { kind: 'answer', records: [a('www.example', '10.0.0.1', 49)], ttl: 49 });
  t.is(cache.get('www.example', 'AAAA', 11_500), undefined);
  t.is(cache.get('www.example', 'A', 61_000), undefined);
  t.is(cache.size, 0);
});

// @rfc 2181 S8-1
// @rfc 2308 S5-4
test('the cache is bounded in number and in time, and TTL 0 is not kept', (t) => {
  const cache = new DnsCache(3, 100, 10);
  for (const name of ['a', 'b', 'c', 'd'])
    cache.put(name, 'A', { kind: 'answer', records: [a(name, '10.0.0.1', 1000)], ttl: 1000 }, 0);
  t.is(cache.size, 3);
  t.is(cache.get('a', 'A', 0), undefined);
  t.is(cache.get('d', 'A', 100_000), undefined);
  cache.put('n', 'A', { kind: 'nxdomain', ttl: 5000 }, 0);
  t.is(cache.get('n', 'MX', 9_999)?.kind, 'nxdomain');
  t.is(cache.get('n', 'MX', 10_000), undefined);
  cache.put('zero', 'A', { kind: 'answer', records: [], ttl: 0 }, 0);
  t.is(cache.get('zero', 'A', 0), undefined);
});

// @rfc 1034 S3.1-1
// @rfc 1035 S2.3.3-1
test('names that cannot be are refused, those that can are compared without case', (t) => {
  t.is(nameProblem('www.example'), null);
  t.is(nameProblem('_sip._tcp.example.'), null);
  t.is(nameProblem(`${'a'.repeat(63)}.example`), null);
  for (const name of ['', '.', 'a..b', `${'a'.repeat(64)}.b`, `${'a.'.repeat(127)}a`, 'a b', 'münchen.example', 'a\0b'])
    t.not(nameProblem(name), null, name);
  t.is(canonical('WWW.Example.'), 'www.example');
});

test('short names are tried in the search domains first, full ones last, and a final dot ends it', (t) => {
  const search = ['lab.example', 'example'];
  t.deepEqual(candidates('www', search, 1), ['www.lab.example', 'www.example', 'www']);
  t.deepEqual(candidates('www.b', search, 1), ['www.b', 'www.b.lab.example', 'www.b.example']);
  t.deepEqual(candidates('www.', search, 1), ['www']);
});

// @rfc 1035 S3.5-1
test('the names of addresses are those of RFC 1035 section 3.5 and RFC 3596 section 2.5', (t) => {
  const name = (text: string) => reverseName(IpAddress.parse(text) as IpAddress);
  t.is(name('10.1.2.52'), '52.2.1.10.in-addr.arpa');
  t.is(name('4321:0:1:2:3:4:567:89ab'), 'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa');
});

// @rfc 1035 S4.2.2-1
test('messages on a stream are put together wherever it is cut', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      (messages, cut) => {
        const stream = Uint8Array.from(messages.flatMap((each) => [...framed(each)]));
        const deframer = new Deframer();
        const got: Uint8Array[] = [];
        for (let at = 0; at < stream.length; at += cut) got.push(...deframer.push(stream.subarray(at, at + cut)));
        t.deepEqual(got, messages);
      },
    ),
  );
});
