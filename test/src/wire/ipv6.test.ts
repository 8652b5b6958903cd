import { Cidr, IpAddress } from '@netwright/core';
import { type Ipv6Header, linkLocalAddress, readIpv6, Udp, writeIpv6, writeIpv6Fragment } from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';
import { frame, ip, mac, PROBE } from './rig.js';
import { extension, icmp6Packet, introduce6, ip6Bytes, join, PEER6, pair6, Rig6, viewOf } from './rig6.js';

const text = (value: string) => new TextEncoder().encode(value);
const word = fc.integer({ min: 0, max: 0xffffffff });
const addresses = fc.tuple(word, word, word, word).map(([a, b, c, d]) => IpAddress.v6(a, b, c, d));

/** A fragment of the probe's protocol. */
function fragment(offset: number, more: boolean, data: Uint8Array, identification = 7, next = PROBE): Uint8Array {
  const header = new Uint8Array(8);
  writeIpv6Fragment(viewOf(header), 0, { nextHeader: next, offset, more, identification });
  return ip6Bytes(join(header, data), { nextHeader: 44 });
}

test('a header that was written is read back', (t) => {
  const headers: fc.Arbitrary<Ipv6Header> = fc.record({
    trafficClass: fc.integer({ min: 0, max: 255 }),
    flowLabel: fc.integer({ min: 0, max: 0xfffff }),
    payloadLength: fc.integer({ min: 0, max: 20 }),
    nextHeader: fc.integer({ min: 0, max: 255 }),
    hopLimit: fc.integer({ min: 0, max: 255 }),
    source: addresses,
    destination: addresses,
  });
  fc.assert(
    fc.property(headers, (header) => {
      const view = new DataView(new ArrayBuffer(64));
      writeIpv6(view, 2, header);
      t.deepEqual(readIpv6(view, 2, 62), header);
      t.is(readIpv6(view, 2, 39), 'too-short');
    }),
    { seed: 1 },
  );
});

// @rfc 6437 S3-1 S3-2
test('what is sent has the flow label of its path, the traffic class of its packet and 64 hops', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  const path = rig.path('fd00::2');
  rig.send(path, 'one', false, 0xb9);
  rig.send(path, 'two');
  rig.send(rig.path('fd00::2'), 'three');
  const [one, two, three] = rig.take();
  t.is(one.header.trafficClass, 0xb9);
  t.is(one.header.hopLimit, 64);
  t.is(`${one.header.source}`, 'fd00::1');
  t.is(one.header.payloadLength, 3);
  t.not(one.header.flowLabel, 0);
  t.is(two.header.flowLabel, one.header.flowLabel);
  t.not(three.header.flowLabel, one.header.flowLabel);
  t.is(one.to, `${PEER6.mac}`);
});

// @rfc 6437 S3-2 S3-3
test('labels of flows lie anywhere, and not one behind the other (RFC 6437 section 3)', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  const labels: number[] = [];
  for (let flow = 0; flow < 200; flow++) {
    for (let i = 0; i < 2; i++) rig.send(rig.path('fd00::2', { flow }));
    const [one, again] = rig.take().map(({ header }) => header.flowLabel);
    t.is(one, again);
    labels.push(one);
  }
  t.is(new Set(labels).size, 200);
  const quarters = [0, 0, 0, 0];
  for (const label of labels) quarters[label >>> 18]++;
  t.true(
    quarters.every((count) => count > 25 && count < 80),
    `${quarters}`,
  );
  t.true(labels.slice(1).every((label, i) => Math.abs(label - labels[i]) > 1));
});

// @rfc 6437 S3-4
test('flow labels are 0 where they are switched off, and a token chooses the hop limit', async (t) => {
  const rig = await Rig6.start({ ipv6: { flowLabel: false } });
  introduce6(rig);
  rig.send(rig.path('fd00::2', { ttl: { ttl: () => 3 } }));
  const [{ header }] = rig.take();
  t.is(header.flowLabel, 0);
  t.is(header.hopLimit, 3);
});

// @rfc 4862 S5.3-1
test('each interface has a link-local address made of its hardware address (RFC 4291 appendix A)', async (t) => {
  t.is(`${linkLocalAddress(mac('34:56:78:9a:bc:de'))}`, 'fe80::3656:78ff:fe9a:bcde/64');
  const rig = await Rig6.start();
  t.true(rig.linkLocal.equals(linkLocalAddress(rig.eth0.mac).address));
  const none = await Rig6.start({ ipv6: { linkLocal: false } });
  t.is(none.eth0.addresses.length, 1);
});

// @rfc 6724 S4-1 S4-2 S5-1 S5-2 S5-3 S5-4
test('the source address has the scope of the destination (RFC 6724 rules 1, 2 and 8)', async (t) => {
  const rig = await Rig6.start({ addresses: [['2001:db8:1::1/64', 'fd00::1/64']], ipv6: { gateway: 'fd00::9' } });
  const source = (destination: string) => `${rig.path(destination).source}`;
  t.is(source('fe80::9'), `${rig.linkLocal}`);
  t.is(source('ff02::1'), `${rig.linkLocal}`);
  t.is(source('fd00::2'), 'fd00::1');
  t.is(source('2001:db8:1::2'), '2001:db8:1::1');
  t.is(source('2001:db8:2::2'), '2001:db8:1::1');
  t.is(source('fd00::1'), 'fd00::1');
  const cidr = rig.eth0.addresses.find(({ address }) => `${address}` === 'fd00::1') as Cidr;
  rig.ipv6.deprecate(cidr, true);
  t.is(source('fd00:1::2'), '2001:db8:1::1');
});

// @rfc 8200 S3-1 S4.7-1
test('what is for us is delivered, what is not is dropped and counted', async (t) => {
  const rig = await Rig6.start();
  const cases: [Uint8Array, keyof typeof rig.ipv6.counters][] = [
    [ip6Bytes(text('x')).subarray(0, 30), 'tooShort'],
    [ip6Bytes(text('x'), { payloadLength: 2 }), 'badPayloadLength'],
    [ip6Bytes(text('x'), { source: ip('ff02::1') }), 'martianSource'],
    [ip6Bytes(text('x'), { source: ip('::1') }), 'martianSource'],
    [ip6Bytes(text('x'), { source: ip('::ffff:10.0.0.1') }), 'martianSource'],
    [ip6Bytes(text('x'), { destination: ip('::1') }), 'martianDestination'],
    [ip6Bytes(text('x'), { source: ip('fd00::1') }), 'ownSource'],
    [ip6Bytes(text('x'), { destination: ip('fd00::3') }), 'notForUs'],
    [ip6Bytes(text('x'), { destination: ip('ff02::99') }), 'notJoined'],
    [ip6Bytes(text('x'), { nextHeader: 59 }), 'noNextHeader'],
    [ip6Bytes(text('x'), { nextHeader: 252 }), 'unknownProtocol'],
  ];
  for (const [bytes, counter] of cases) {
    const before = rig.ipv6.counters[counter];
    rig.receive(bytes);
    t.is(rig.ipv6.counters[counter], before + 1, counter);
  }
  const version = ip6Bytes(text('x'));
  version[0] = 0x40;
  rig.receive(version);
  t.is(rig.ipv6.counters.badVersion, 1);
  t.deepEqual(rig.texts(), []);
  rig.receive(join(ip6Bytes(text('hi'), { trafficClass: 0x12, hopLimit: 0 }), new Uint8Array(20)));
  t.deepEqual(rig.texts(), ['hi'], 'whatever is left of its hops, without what the link has padded');
  t.is(rig.probe.got[0].trafficClass, 0x12);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

// @rfc 8200 S8.1-2
test('UDP has a checksum over IPv6, and a datagram without one is dropped (RFC 8200 section 8.1)', async (t) => {
  const rig = new Rig6();
  const udp = new Udp(rig.host);
  rig.ipv6.registerLayer(udp);
  await rig.stack.start();
  introduce6(rig);
  const socket = udp.open({ port: 7 });
  rig.receive(ip6Bytes(Uint8Array.of(0, 9, 0, 7, 0, 10, 0, 0, 1, 2), { nextHeader: 17 }));
  t.is(udp.counters.noChecksum, 1);
  t.is(socket.poll(), undefined);
  socket.send('x', 9, 'fd00::2');
  const [{ body }] = rig.take();
  t.not(viewOf(body).getUint16(6), 0);
});

test('a group is heard by those who joined it, under its Ethernet address', async (t) => {
  const rig = await Rig6.start();
  const group = ip('ff02::1234');
  const send = () =>
    rig.device.receive(
      frame(mac('33:33:00:00:12:34'), PEER6.mac, 0x86dd, ip6Bytes(text('all'), { destination: group })),
    );
  send();
  t.is(rig.ethernet.counters.notForUs, 1);
  rig.ipv6.groups.join(group, rig.eth0);
  send();
  t.deepEqual(rig.texts(), ['all']);
  t.true(rig.probe.got[0].broadcast);
  rig.ipv6.groups.leave(group, rig.eth0);
  send();
  t.is(rig.texts().length, 1);
});

test('what is sent to an address of our own stays in the stack', async (t) => {
  const rig = await Rig6.start();
  for (const address of ['::1', 'fd00::1']) rig.send(address, address);
  t.deepEqual(rig.texts(), []);
  rig.clock.advance(1);
  t.deepEqual(
    rig.probe.got.map(({ from, to }) => `${from} ${to}`),
    ['::1 ::1', 'fd00::1 fd00::1'],
  );
  t.is(rig.take().length, 0);
});

// @rfc 6724 S1-1
test('a stack without interfaces has ::1, and nothing else', async (t) => {
  const rig = await Rig6.start({ addresses: [] });
  rig.send('::1', 'alone');
  rig.clock.advance(1);
  t.deepEqual(rig.texts(), ['alone']);
  t.is(rig.ipv6.path(ip('fd00::1')), 'ENETUNREACH');
  t.is(rig.ipv6.path(ip('10.0.0.1')), 'EAFNOSUPPORT');
  t.is(rig.ipv6.path(ip('::1'), { source: ip('fd00::7') }), 'EADDRNOTAVAIL');
});

// @rfc 8200 S4-1 S4.1-1 S4.2-1 S4.2-2
// @rfc 4443 S2.4-6 S3.4-1
test('extension headers are walked over; options say what is to be done where they are not known', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  const to = (next: number, ...headers: Uint8Array[]) => ip6Bytes(join(...headers, text('ok')), { nextHeader: next });
  rig.receive(to(0, extension(60, 5, 2, 0, 0), extension(43, 1, 4, 0, 0, 0, 0), extension(PROBE, 4, 0, 0, 0, 0, 0)));
  t.deepEqual(rig.texts(), ['ok']);
  t.is(rig.take().length, 0);
  // RFC 8200 section 4.2: 00 skip, 01 discard, 10 discard and tell, 11 tell unless it was for many.
  rig.receive(to(60, extension(PROBE, 0x1e, 0)));
  t.is(rig.texts().length, 2);
  rig.receive(to(60, extension(PROBE, 0x5e, 0)));
  t.deepEqual(rig.takeIcmp(), []);
  rig.receive(to(60, extension(PROBE, 0x9e, 0)));
  rig.receive(to(60, extension(PROBE, 1, 0, 0xde, 0)));
  t.deepEqual(
    rig.takeIcmp().map(({ type, code, rest }) => [type, code, rest]),
    [
      [4, 2, 42],
      [4, 2, 44],
    ],
  );
  const all = { nextHeader: 60, destination: ip('ff02::1') };
  rig.receive(ip6Bytes(extension(PROBE, 0xde, 0), all), mac('33:33:00:00:00:01'));
  t.deepEqual(rig.takeIcmp(), []);
  rig.receive(ip6Bytes(extension(PROBE, 0x9e, 0), all), mac('33:33:00:00:00:01'));
  t.is(rig.takeIcmp().length, 1);
  t.is(rig.ipv6.counters.badOption, 5);
});

// @rfc 8200 S4.4-1
test('a routing header with segments left, of type 0 or any other, is refused (RFC 5095)', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  const routing = (type: number, left: number) => {
    const header = new Uint8Array(24);
    header.set([PROBE, 2, type, left], 0);
    return ip6Bytes(join(header, text('r')), { nextHeader: 43 });
  };
  rig.receive(routing(0, 1));
  rig.receive(routing(4, 1));
  t.deepEqual(
    rig.takeIcmp().map(({ type, code, rest }) => [type, code, rest]),
    [
      [4, 0, 42],
      [4, 0, 42],
    ],
  );
  t.is(rig.ipv6.counters.routed, 2);
  rig.receive(routing(0, 0));
  t.deepEqual(rig.texts(), ['r']);
});

// @rfc 8200 S4-3 S4.1-1
test('headers that stand wrong, run over the end, or are too many are dropped', async (t) => {
  const rig = await Rig6.start({ ipv6: { extensions: 2 } });
  introduce6(rig);
  const pad = (next: number) => extension(next, 1, 4, 0, 0, 0, 0);
  rig.receive(ip6Bytes(join(pad(0), pad(PROBE), text('x')), { nextHeader: 60 }));
  t.deepEqual(
    rig.takeIcmp().map(({ type, code, rest }) => [type, code, rest]),
    [[4, 1, 40]],
  );
  const long = pad(PROBE);
  long[1] = 9;
  rig.receive(ip6Bytes(long, { nextHeader: 60 }));
  rig.receive(ip6Bytes(join(pad(60), pad(60), pad(PROBE), text('x')), { nextHeader: 60 }));
  t.is(rig.ipv6.counters.badExtension, 3);
  t.deepEqual(rig.texts(), []);
});

// @rfc 8200 S4.5-2 S4.5-4 S5-2 S4.5-3
// @rfc 5722 S4-1
// @rfc 7112 S5-1
test('a packet larger than the MTU is cut by its source and put together again, in any order', async (t) => {
  const [a, b] = await pair6();
  const data = Uint8Array.from({ length: 4000 }, (_, i) => i * 7);
  a.send('fd00::2', data);
  a.clock.advance(50);
  t.deepEqual(b.probe.got[0].data, data);
  t.is(a.ipv6.counters.fragmented, 1);
  t.is(a.ipv6.counters.fragmentsSent, 3);
  t.is(b.ipv6.counters.reassembled, 1);
  const sent = a.take().filter(({ header }) => header.nextHeader === 44);
  t.deepEqual(
    sent.map(({ header }) => header.payloadLength),
    [1456, 1456, 1112],
  );
  a.send('fd00::2', data, true);
  t.is(a.ipv6.counters.cannotFragment, 1);
  const rig = await Rig6.start();
  const pieces = [0, 8, 16].map((at) => fragment(at, at < 16, data.subarray(at, at + 8)));
  for (const each of [2, 0, 0, 1]) rig.receive(pieces[each]);
  t.deepEqual(rig.probe.got[0].data, data.subarray(0, 24));
  t.is(rig.ipv6.counters.fragmentDuplicates, 1);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

// @rfc 8200 S4.5-10
// @rfc 5722 S4-2 S4-3
test('fragments that overlap spoil their datagram, and what comes of it later is dropped too (RFC 5722)', async (t) => {
  const rig = await Rig6.start();
  rig.receive(fragment(0, true, new Uint8Array(16)));
  rig.receive(fragment(8, true, new Uint8Array(16)));
  rig.receive(fragment(16, false, new Uint8Array(8)));
  rig.receive(fragment(0, true, new Uint8Array(16)));
  t.deepEqual(rig.texts(), []);
  t.is(rig.ipv6.counters.datagramsOverlapping, 1);
  t.is(rig.inUse, 0);
  rig.receive(fragment(0, false, text('alone'), 8));
  t.deepEqual(rig.texts(), ['alone']);
});

// @rfc 8200 S4.5-5
// @rfc 6946 S4-1 S4-2
test('an atomic fragment is a datagram of its own, whatever waits under its number (RFC 6946)', async (t) => {
  const rig = await Rig6.start();
  rig.receive(fragment(8, false, new Uint8Array(8)));
  rig.receive(fragment(0, false, text('atomic')));
  t.deepEqual(rig.texts(), ['atomic']);
  t.is(rig.ipv6.counters.fragmentsAtomic, 1);
  rig.receive(fragment(0, true, text('12345678')));
  t.is(rig.texts().length, 2);
});

// @rfc 8200 S4.5-7 S4.5-8 S4.5-9
// @rfc 7112 S5-2 S5-3
test('fragments that make no sense are answered as RFC 8200 section 4.5 has it', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  rig.receive(fragment(0, true, new Uint8Array(9)));
  rig.receive(fragment(65528, false, new Uint8Array(16)));
  // TCP whose header is not all in the first fragment (RFC 7112).
  rig.receive(fragment(0, true, new Uint8Array(16), 7, 6));
  t.deepEqual(
    rig.takeIcmp().map(({ type, code, rest }) => [type, code, rest]),
    [
      [4, 0, 4],
      [4, 0, 42],
      [4, 3, 0],
    ],
  );
  t.is(rig.inUse, 0);
});

// @rfc 8200 S4.5-6
test('a datagram that stays incomplete is given up after a minute; its sender is told where the beginning came', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  rig.receive(fragment(0, true, text('12345678'), 1));
  rig.receive(fragment(8, false, text('12345678'), 2));
  rig.clock.advance(59_999);
  t.is(rig.inUse, 2);
  rig.clock.advance(1);
  t.is(rig.inUse, 0);
  t.deepEqual(
    rig.takeIcmp().map(({ type, code }) => [type, code]),
    [[3, 1]],
  );
});

test('fragments have limits: datagrams, pieces of one, memory', async (t) => {
  const fragments = { datagrams: 4, perDatagram: 3, memory: 20_000 };
  const rig = await Rig6.start({ ipv6: { fragments } });
  for (let id = 0; id < 10; id++) rig.receive(fragment(0, true, text('12345678'), id));
  t.is(rig.inUse, 4);
  t.is(rig.ipv6.counters.datagramsEvicted, 6);
  for (let at = 8; at < 64; at += 8) rig.receive(fragment(at, true, text('12345678'), 9));
  t.is(rig.ipv6.counters.fragmentTooMany, 5);
  t.true(rig.inUse <= 20_000 / 2048);
});

// @rfc 8201 S1-1 S3-1 S4-1 S4-2 S4-3 S4-5 S4-6 S5.2-1 S5.3-1 S5.3-2 S5.2-2
test('a router lowers the path MTU, never below 1280, and only where the transport knows the packet (RFC 8201)', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  const path = rig.path('fd00::2');
  const tooBig = (mtu: number) => {
    const quote = ip6Bytes(new Uint8Array(1400), { source: ip('fd00::1'), destination: PEER6.ip });
    rig.receive(icmp6Packet(2, 0, mtu, quote.subarray(0, 1000)));
  };
  t.is(path.mtu, 1500);
  rig.probe.recognizing = false;
  tooBig(1400);
  t.is(path.mtu, 1500);
  rig.probe.recognizing = true;
  tooBig(1279);
  t.is(path.mtu, 1500);
  tooBig(1400);
  t.is(path.mtu, 1400);
  tooBig(1450);
  t.is(path.mtu, 1400);
  t.is(rig.ipv6.counters.pathMtuLowered, 1);
  t.is(rig.probe.errors[0].kind, 'fragmentation-needed');
  rig.clock.advance(599_999);
  t.is(path.mtu, 1400);
  rig.clock.advance(1);
  t.is(path.mtu, 1500);
  const sooner = await Rig6.start({ ipv6: { pmtu: { age: 300_000 } } });
  const quote = ip6Bytes(new Uint8Array(1400), { source: ip('fd00::1'), destination: PEER6.ip });
  sooner.receive(icmp6Packet(2, 0, 1400, quote.subarray(0, 1000)));
  t.is(sooner.path('fd00::2').mtu, 1400);
  sooner.clock.advance(300_000);
  t.is(sooner.path('fd00::2').mtu, 1500);
});

test('paths follow routes: a default router, a better one, none', async (t) => {
  const rig = await Rig6.start({ ipv6: { gateway: 'fd00::9', routes: [{ to: 'fd01::/16', via: 'fd00::8' }] } });
  const hop = (destination: string) => {
    rig.send(destination);
    const { message } = rig.takeNdp()[0];
    return `${message.target}`;
  };
  t.is(hop('2001:db8::1'), 'fd00::9');
  t.is(hop('fd01::1'), 'fd00::8');
  t.is(hop('fd00::7'), 'fd00::7');
  const path = rig.path('2001:db8::2');
  for (const route of [...rig.ipv6.routes.list()]) rig.ipv6.routes.remove(route);
  rig.send(path);
  t.is(rig.ipv6.counters.noRoute, 1);
  t.is(rig.ipv6.path(ip('2001:db8::3')), 'ENETUNREACH');
  await rig.stack.stop();
  t.is(rig.inUse, 0);
});

test('a router takes one hop off, and tells who sent what it cannot pass on', async (t) => {
  const rig = await Rig6.start({ addresses: [['fd00::1/64'], ['fd01::1/64']], ipv6: { forwarding: true } });
  introduce6(rig);
  introduce6(rig, ip('fd01::2'), 1);
  rig.receive(ip6Bytes(text('on'), { destination: ip('fd01::2'), hopLimit: 9 }));
  const [passed] = rig.take(1);
  t.is(passed.header.hopLimit, 8);
  t.is(passed.reason, 'ipv6.forward');
  rig.receive(ip6Bytes(text('x'), { destination: ip('fd01::2'), hopLimit: 1 }));
  rig.receive(ip6Bytes(text('x'), { destination: ip('fd09::2') }));
  rig.receive(ip6Bytes(text('x'), { destination: ip('fd01::2'), source: ip('fe80::2') }));
  t.deepEqual(
    rig.takeIcmp().map(({ type, code }) => [type, code]),
    [
      [3, 0],
      [1, 0],
    ],
  );
  t.is(rig.ipv6.counters.forwarded, 1);
});

// @rfc 6437 S2-1
test('a router leaves the flow label as it is', async (t) => {
  const rig = await Rig6.start({ addresses: [['fd00::1/64'], ['fd01::1/64']], ipv6: { forwarding: true } });
  rig.ndp.set(ip('fd01::5'), PEER6.mac, rig.host.interfaces[1]);
  const packet = { source: PEER6.ip, destination: ip('fd01::5') };
  for (const flowLabel of [0xabcde, 0]) rig.receive(ip6Bytes(new Uint8Array(8), { ...packet, flowLabel }));
  const labels = rig.devices[1].take().map(({ bytes }) => new DataView(bytes.buffer).getUint32(14) & 0xfffff);
  t.deepEqual(labels, [0xabcde, 0]);
});

// @rfc 8200 S4.5-1
test('no two of many fragmented packets have the same identification, and none tells the next', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  const seen: number[] = [];
  for (let i = 0; i < 5000; i++) {
    rig.send('fd00::2', new Uint8Array(1600));
    const [first] = rig.device.take();
    seen.push(new DataView(first.bytes.buffer).getUint32(58));
  }
  t.is(new Set(seen).size, seen.length);
  const steps = new Set(seen.slice(1).map((each, at) => (each - seen[at]) >>> 0));
  t.true(steps.size > 4900);
});
