import { MacAddress, SeededRandom } from '@netwright/core';
import {
  type IcmpHeader,
  type PingResult,
  readIcmp,
  readIpv4,
  sealIcmp,
  TokenBucket,
  writeIcmp,
} from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';
import type { SentFrame } from './array-device.js';
import {
  error,
  frame,
  icmpBytes,
  introduce,
  ip,
  ipBytes,
  ipFrame,
  leftOver,
  OURS,
  PEER,
  PROBE,
  pair,
  Rig,
  routed,
  sum,
} from './rig.js';

const data = new TextEncoder().encode('0123456789abcdef');

/** The ICMP message in a frame, with its IP header. */
function message(sent: SentFrame) {
  const view = new DataView(sent.bytes.buffer);
  const header = readIpv4(view, 14, sent.bytes.length - 14);
  if (typeof header === 'string') throw new Error(header);
  const body = sent.bytes.subarray(34);
  const icmp = readIcmp(view, 34, body.length) as IcmpHeader;
  return { header, icmp, body, quote: body.subarray(8), reason: sent.reason };
}

// @rfc 792 R3
test('a header that was written is read back, and the checksum holds over any data', (t) => {
  const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
  const headers = fc.record({ type: uint(8), code: uint(8), rest: uint(32) });
  fc.assert(
    fc.property(headers, fc.uint8Array({ maxLength: 40 }), (header, rest) => {
      const bytes = new Uint8Array(8 + rest.length);
      const view = new DataView(bytes.buffer);
      writeIcmp(view, 0, header);
      bytes.set(rest, 8);
      sealIcmp(view, 0, bytes.length, (at, length) => sum(bytes.subarray(at, at + length)));
      t.deepEqual(readIcmp(view, 0, bytes.length), header);
      t.is(sum(bytes), 0xffff);
      t.is(readIcmp(view, 0, 7), undefined);
    }),
    { seed: 1 },
  );
});

// @rfc 1122 S3.1-1 S3.2.2.6-1 S3.2.2.6-4
// @rfc 792 R1 R8 R9
test('an echo request is answered with the same identifier, sequence and data', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  rig.device.receive(ipFrame(rig, icmpBytes(8, 0, 0x12340007, data), { protocol: 1 }));
  const { header, icmp, quote, body, reason } = message(rig.device.take()[0]);
  t.deepEqual([icmp.type, icmp.code, icmp.rest, reason], [0, 0, 0x12340007, 'icmp.echo.reply']);
  t.deepEqual(quote, data);
  t.is(sum(body), 0xffff);
  t.deepEqual([`${header.source}`, `${header.destination}`, header.ttl], ['10.0.0.1', '10.0.0.2', 64]);
  t.is(rig.inUse, 0);
});

// @rfc 1122 S3.2.2.6-3 S3.3.4.2-1
// @rfc 791 S2.3-1
test('the answer comes from the address that was asked', async (t) => {
  const rig = await Rig.start({ addresses: [['10.0.0.1/24', '10.0.0.9/24']] });
  introduce(rig);
  for (const to of ['10.0.0.9', '10.0.0.1']) {
    rig.device.receive(ipFrame(rig, icmpBytes(8, 0, 1, data), { protocol: 1, destination: ip(to) }));
    t.is(`${message(rig.device.take()[0]).header.source}`, to);
  }
});

test('a ping of everybody is not answered, nor any where echo is off', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  const bytes = ipBytes(icmpBytes(8, 0, 1, data), { protocol: 1, destination: ip('10.0.0.255') });
  rig.device.receive(frame(MacAddress.broadcast, PEER.mac, 0x0800, bytes));
  t.is(rig.icmp.counters.echoIgnored, 1);
  const silent = await Rig.start({ icmp: { echo: false } });
  introduce(silent);
  silent.device.receive(ipFrame(silent, icmpBytes(8, 0, 1, data), { protocol: 1 }));
  t.is(silent.icmp.counters.echoIgnored, 1);
  t.is(rig.device.take().length + silent.device.take().length + rig.inUse + silent.inUse, 0);
});

// @rfc 1122 S3.2.2.6-2 S3.2.2.6-5
test('a ping tells who answered, after how long, and how', async (t) => {
  const [a, b] = await pair();
  const seen: PingResult[] = [];
  const result = await a.clock.settle(a.icmp.ping('10.0.0.2', { size: 100, observe: (each) => seen.push(each) }));
  t.deepEqual(result, { ok: true, from: ip('10.0.0.2'), sequence: 0, size: 100, hopLimit: 64, time: 4 });
  t.deepEqual(seen, [result]);
  const again = await a.clock.settle(a.icmp.ping('10.0.0.2'));
  t.true(again.ok && again.time === 2 && again.sequence === 1 && again.size === 56);
  t.deepEqual([a.host.timers.armed, a.inUse + b.inUse], [0, 0]);
});

test('a ping of oneself and one that has to be cut are answered, too', async (t) => {
  const [a, b] = await pair();
  for (const to of ['127.0.0.1', '10.0.0.1']) t.true((await a.clock.settle(a.icmp.ping(to))).ok);
  const large = await a.clock.settle(a.icmp.ping('10.0.0.2', { size: 20_000 }));
  t.true(large.ok && large.size === 20_000);
  a.clock.run();
  t.is(a.inUse + b.inUse, 0);
});

test('how a ping fails: nobody there, no route, too many, stopped, and it says why', async (t) => {
  const rig = await Rig.start({ icmp: { pings: 1 } });
  introduce(rig);
  const why = async (promise: Promise<PingResult>) => {
    const result = await rig.clock.settle(promise);
    return result.ok ? 'ok' : result.why;
  };
  t.is(await why(rig.icmp.ping('10.0.0.2', { timeout: 300 })), 'timeout');
  t.is(rig.clock.now(), 300);
  t.is(await why(rig.icmp.ping('10.0.0.7', { timeout: 10_000 })), 'host-unreachable');
  t.is(await why(rig.icmp.ping('192.0.2.1')), 'ENETUNREACH');
  const waiting = rig.icmp.ping('10.0.0.2');
  t.is(await why(rig.icmp.ping('10.0.0.2')), 'busy');
  await rig.stack.stop();
  t.is(await why(waiting), 'stopped');
  t.throws(() => rig.icmp.ping('ten'), { message: /EINVAL/ });
  t.throws(() => rig.icmp.ping('10.0.0.2', { size: 65508 }), { message: /EMSGSIZE/ });
  t.is(rig.inUse, 0);
});

test('a reply from somebody else, or to another identifier, answers no ping', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  const waiting = rig.icmp.ping('10.0.0.2', { timeout: 100 });
  const { icmp } = message(rig.device.take()[0]);
  const reply = (rest: number, from: string) =>
    rig.device.receive(ipFrame(rig, icmpBytes(0, 0, rest, data), { protocol: 1, source: ip(from) }));
  reply(icmp.rest, '10.0.0.3');
  reply(icmp.rest ^ 0x10000, '10.0.0.2');
  t.is(rig.icmp.counters.echoUnexpected, 2);
  const result = await rig.clock.settle(waiting);
  t.false(result.ok);
});

// @rfc 1122 S3.2.2-2 S3.2.2-4 S3.2.2.1-1
// @rfc 792 R4 R5
test('a protocol that nobody takes is unreachable; the error quotes up to 548 bytes of the packet', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  for (const size of [0, 8, 100, 528, 529, 1400]) {
    const packet = ipBytes(new Uint8Array(size).fill(7), { protocol: 254, trafficClass: 0xb8 });
    rig.device.receive(frame(rig.eth0.mac, PEER.mac, 0x0800, packet));
    const { icmp, quote, body, header, reason } = message(rig.device.take()[0]);
    t.deepEqual([icmp.type, icmp.code, reason], [3, 2, 'icmp.unreachable']);
    t.deepEqual(quote, packet.subarray(0, 548));
    t.is(sum(body), 0xffff);
    t.true(header.totalLength <= 576);
    t.is(header.trafficClass, 0, 'whatever the service of what it quotes (RFC 1122 section 3.2.2)');
  }
  t.is(rig.inUse, 0);
});

// @rfc 1122 S3.4-2
test('a transport may reject in each of its ways', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  const codes: number[] = [];
  for (const why of [
    'network-unreachable',
    'host-unreachable',
    'protocol-unreachable',
    'port-unreachable',
    'prohibited',
  ] as const) {
    rig.probe.receive = (packet) => {
      rig.ipv4.reject(packet, why);
      packet.release();
    };
    rig.device.receive(ipFrame(rig, data));
    codes.push(message(rig.device.take()[0]).icmp.code);
  }
  t.deepEqual(codes, [0, 1, 2, 3, 13]);
  t.is(rig.inUse, 0);
});

// @rfc 1122 S3.2.2.5-1
// @rfc 792 R7
test('an option that makes no sense is a parameter problem, with the byte', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  rig.device.receive(ipFrame(rig, data, { options: Uint8Array.of(1, 7, 1, 0) }));
  const { icmp } = message(rig.device.take()[0]);
  t.deepEqual([icmp.type, icmp.code, icmp.rest >>> 24], [12, 0, 22]);
  t.is(rig.ipv4.counters.badOptions, 1);
});

// @rfc 1122 S3.2.2-5 S3.2.2-6 S3.2.2-7 S3.2.2-8
// @rfc 792 R2
// @rfc 1112 S7.2-3
test('no error about an error, a packet to many, one from nobody, or a later fragment (RFC 1122 section 3.2.2)', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  rig.probe.receive = (packet) => {
    rig.ipv4.reject(packet, 'port-unreachable');
    packet.release();
  };
  const everybody = { protocol: 254, destination: ip('10.0.0.255') };
  rig.device.receive(
    frame(MacAddress.broadcast, PEER.mac, 0x0800, ipBytes(data, everybody)),
    frame(MacAddress.of(0x0100, 0x5e000001), PEER.mac, 0x0800, ipBytes(data, { destination: ip('224.0.0.1') })),
    frame(MacAddress.broadcast, PEER.mac, 0x0800, ipBytes(data, { ...everybody, source: ip('0.0.0.0') })),
  );
  t.is(rig.icmp.counters.errorsForbidden, 3);
  const { icmp, ipv4 } = rig;
  // Whoever rejects, an ICMP error is answered with silence, and an echo request is not.
  rig.host.turn.run(() => {
    for (const [type, allowed] of [
      [3, false],
      [4, false],
      [5, false],
      [11, false],
      [12, false],
      [8, true],
    ] as const) {
      const packet = rig.host.pool.takeWith(ipBytes(icmpBytes(type, 0, 0, data), { protocol: 1 }));
      if (packet === null) throw new Error('no slot');
      packet.network = packet.start;
      const before = icmp.counters.errorsSent;
      ipv4.reject(packet, 'prohibited');
      t.is(icmp.counters.errorsSent - before, allowed ? 1 : 0, `type ${type}`);
      packet.release();
    }
    const later = rig.host.pool.takeWith(ipBytes(data, { fragmentOffset: 8 }));
    if (later === null) throw new Error('no slot');
    later.network = later.start;
    ipv4.reject(later, 'port-unreachable');
    later.release();
  });
  t.is(icmp.counters.errorsForbidden, 9);
  t.is(rig.inUse, 0);
});

test('errors are limited: 50 at once, then one a millisecond; echo replies are not', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  const flood = () => {
    for (let i = 0; i < 200; i++) rig.device.receive(ipFrame(rig, data, { protocol: 254 }));
    return rig.device.take().length;
  };
  t.is(flood(), 50);
  rig.clock.advance(10);
  t.is(flood(), 10);
  t.is(rig.icmp.counters.errorsLimited, 340);
  for (let i = 0; i < 100; i++) rig.device.receive(ipFrame(rig, icmpBytes(8, 0, i, data), { protocol: 1 }));
  t.is(rig.device.take().length, 100);
  t.is(rig.inUse, 0);
});

// @rfc 6633 S8-1
test('a source quench is logged with its addresses, type and time; a flood of them is not', async (t) => {
  const rig = new Rig(routed);
  const lines: unknown[] = [];
  const warn = (message: string, fields?: Record<string, unknown>) => void lines.push([message, fields]);
  Object.assign(rig.host, { logger: { ...rig.host.logger, warn } });
  await rig.stack.start();
  rig.clock.advance(1234);
  error(rig, 4, 0, 0);
  const said = { source: '10.0.0.254', destination: '10.0.0.1', type: 4, at: rig.clock.epoch + 1234 };
  t.deepEqual(lines, [['a source quench was discarded', said]]);
  for (let i = 0; i < 100; i++) error(rig, 4, 0, 0);
  t.is(lines.length, 5);
});

test('a token bucket gives its burst, then its rate, and never more than its burst', (t) => {
  const bucket = new TokenBucket(0.5, 3);
  const take = (now: number) => [1, 2, 3, 4, 5].filter(() => bucket.take(now)).length;
  t.deepEqual([take(0), take(0), take(4), take(5), take(1000)], [3, 0, 2, 0, 3]);
});

// @rfc 1122 S3.2.2-3 S3.2.2.1-2 S3.2.2.4-1 S3.2.2.5-2 S3.4-3
// @rfc 792 R5
test('errors about our packets get to their transport, in the words of the contract', async (t) => {
  const rig = await Rig.start(routed);
  for (const [type, code] of [
    [3, 0],
    [3, 1],
    [3, 2],
    [3, 3],
    [3, 5],
    [3, 9],
    [3, 13],
    [11, 0],
    [11, 1],
    [12, 0],
  ]) {
    error(rig, type, code, 0);
  }
  t.deepEqual(
    rig.probe.errors.map(({ kind }) => kind),
    [
      'network-unreachable',
      'host-unreachable',
      'protocol-unreachable',
      'port-unreachable',
      'source-route-failed',
      'prohibited',
      'prohibited',
      'ttl-exceeded',
      'reassembly-exceeded',
      'parameter-problem',
    ],
  );
  t.true(rig.probe.errors.every(({ destination, quoted }) => destination === '192.0.2.1' && quoted === data.length));
  t.is(rig.inUse, 0);
});

// @rfc 1122 S3.2.2-1 S3.2.2.9-2
// @rfc 6633 S6-1
test('errors about packets that are not ours, too short quotes, and unknown codes get nowhere', async (t) => {
  const rig = await Rig.start(routed);
  error(rig, 3, 3, 0, ipBytes(data, { ...OURS, source: ip('10.0.0.9') }));
  error(rig, 3, 3, 0, ipBytes(data.subarray(0, 7), OURS));
  error(rig, 3, 3, 0, ipBytes(data, OURS).subarray(0, 19));
  error(rig, 3, 3, 0, ipBytes(data, { ...OURS, fragmentOffset: 8 }));
  error(rig, 3, 3, 0, ipBytes(data, { ...OURS, protocol: 77 }));
  error(rig, 3, 3, 0, Uint8Array.from(ipBytes(data, OURS)).fill(0x65, 0, 1));
  error(rig, 3, 99, 0);
  error(rig, 11, 2, 0);
  t.is(rig.icmp.counters.errorsUnfounded, 8);
  error(rig, 4, 0, 0);
  for (const type of [13, 15, 17, 99]) error(rig, type, 0, 0);
  t.is(rig.icmp.counters.ignored, 5, 'source quench (RFC 6633), timestamp, information, address mask, unknown');
  t.is(rig.device.take().length, 0);
  t.is(rig.probe.errors.length, 0);
  t.is(rig.inUse, 0);
});

test('an error about a ping that nobody sent ends none', async (t) => {
  const rig = await Rig.start(routed);
  rig.arp.set(ip('10.0.0.254'), PEER.mac, rig.eth0);
  const waiting = rig.icmp.ping('192.0.2.1', { timeout: 500 });
  const [sent] = rig.device.take();
  const request = sent.bytes.slice(14);
  const forged = request.slice();
  forged[27] ^= 1;
  error(rig, 3, 1, 0, forged);
  t.is(rig.icmp.counters.errorsUnfounded, 1);
  error(rig, 3, 1, 0, request);
  const result = await rig.clock.settle(waiting);
  t.deepEqual([result.ok, result.ok || result.why, `${result.from}`], [false, 'host-unreachable', '10.0.0.254']);
});

test('20000 mutated messages: nothing throws, nothing leaks, counters add up', async (t) => {
  const rig = await Rig.start(routed);
  introduce(rig);
  const random = new SeededRandom('icmp');
  const valid = [
    icmpBytes(8, 0, 1, data),
    icmpBytes(0, 0, 1, data),
    icmpBytes(3, 3, 0, ipBytes(data, OURS)),
    icmpBytes(3, 4, 1400, ipBytes(data, OURS)),
    icmpBytes(11, 0, 0, ipBytes(data, { ...OURS, protocol: PROBE })),
  ];
  for (let i = 0; i < 20_000; i++) {
    const bytes = valid[i % valid.length].slice(0, random.uint32() % 4 === 0 ? random.uint32() % 44 : undefined);
    for (let n = random.uint32() % 3; n > 0 && bytes.length > 0; n--) {
      bytes[random.uint32() % bytes.length] = random.uint32();
    }
    if (random.uint32() % 4 !== 0 && bytes.length >= 8) {
      bytes.fill(0, 2, 4);
      const checksum = ~sum(bytes) & 0xffff;
      bytes.set([checksum >>> 8, checksum & 0xff], 2);
    }
    rig.device.receive(ipFrame(rig, bytes, { protocol: 1 }));
    rig.device.take();
  }
  const { received, tooShort, badChecksum, echoRequests, echoReplies, errors, redirects, ignored } = rig.icmp.counters;
  t.is(received, 20_000);
  t.is(received, tooShort + badChecksum + echoRequests + echoReplies + errors + redirects + ignored);
  t.true(rig.probe.errors.length > 1000 && rig.icmp.counters.errorsUnfounded > 500 && echoRequests > 1000);
  rig.clock.run();
  t.is(rig.inUse, 0);
  t.is(rig.host.timers.armed, 0);
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
