import {
  allReasons,
  Cidr,
  IpAddress,
  MacAddress,
  NO_OFFLOAD,
  override,
  type Packet,
  SeededRandom,
} from '@netwright/core';
import {
  CounterIpId,
  FixedIpId,
  FixedTtl,
  IP_TTL,
  type Ipv4Header,
  PerDestinationIpId,
  RouteTable,
  readIpv4,
  recordRoute,
  sealIpv4,
  Udp,
  type UdpSocket,
  writeIpOptions,
  writeIpv4,
} from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';
import { frame, introduce, ip, ipBytes, ipFrame, leftOver, PEER, PROBE, Rig, sum } from './rig.js';

const data = new TextEncoder().encode('data');
const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const address = uint(32).map((bits) => IpAddress.v4(bits));

function header(bytes: Uint8Array): Ipv4Header {
  const packet = bytes.subarray(14);
  const read = readIpv4(new DataView(packet.buffer, packet.byteOffset), 0, packet.length);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

test('a header that was written is read back, and its checksum holds', (t) => {
  const headers = fc
    .record({
      trafficClass: uint(8),
      identification: uint(16),
      dontFragment: fc.boolean(),
      moreFragments: fc.boolean(),
      fragmentOffset: uint(13).map((units) => units * 8),
      ttl: uint(8),
      protocol: uint(8),
      source: address,
      destination: address,
      options: uint(3).chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 })),
    })
    .map((each) => ({ ...each, totalLength: 20 + each.options.length + 5 }));
  fc.assert(
    fc.property(headers, (each) => {
      const bytes = new Uint8Array(80);
      const view = new DataView(bytes.buffer);
      const size = writeIpv4(view, 1, each);
      t.is(size, 20 + each.options.length);
      t.deepEqual(readIpv4(view, 1, size + 5), each);
      t.is(readIpv4(view, 1, size + 4), 'total-length');
      sealIpv4(view, 1, (at, length) => sum(bytes.subarray(at, at + length)));
      t.is(sum(bytes.subarray(1, 1 + size)), 0xffff);
    }),
    { seed: 1 },
  );
});

// @rfc 791 S3.1-4
test('the checksum of a known header is b861', (t) => {
  const hex = '4500007300004000401100 00c0a80001c0a800c7'.replace(' ', '');
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  sealIpv4(new DataView(bytes.buffer), 0, (at, length) => sum(bytes.subarray(at, at + length)));
  t.is(Buffer.from(bytes.subarray(10, 12)).toString('hex'), 'b861');
});

// @rfc 1122 S3.4-1
// @rfc 6864 S4.1-1 S4.1-2 S4.2-1
test('what a packet carries: DF, ttl, protocol, addresses, and an identification only where it matters', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  rig.send('10.0.0.2', 'x', true);
  const sent = header(rig.device.take()[0].bytes);
  const { dontFragment, moreFragments, ttl, protocol, totalLength, identification } = sent;
  t.deepEqual(
    [dontFragment, moreFragments, ttl, protocol, totalLength, identification],
    [true, false, 64, PROBE, 21, 0],
  );
  t.deepEqual([`${sent.source}`, `${sent.destination}`], ['10.0.0.1', '10.0.0.2']);
  const ids = new Set<number>();
  for (let i = 0; i < 20; i++) {
    rig.send('10.0.0.2');
    ids.add(header(rig.device.take()[0].bytes).identification);
  }
  t.true(ids.size > 15, 'drawn at random where the packet may be fragmented');
});

// @rfc 1122 S3.2.1.7-3 S3.2.1.8-1 S3.4-1 S3.2.1.6-1
test('a path may have its own ttl, identification, options and interface, a packet its type of service', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  const options = writeIpOptions([recordRoute(3)]);
  const path = rig.path('10.0.0.2', { ttl: new FixedTtl(33), id: new FixedIpId(4711), headerOptions: options });
  t.is(path.headerSize, 36);
  rig.send(path);
  const sent = header(rig.device.take()[0].bytes);
  const recorded = Uint8Array.from([7, 15, 8, 10, 0, 0, 1, ...new Uint8Array(9)]);
  t.deepEqual([sent.ttl, sent.identification, sent.options], [33, 4711, recorded], 'we are the first of the record');
  rig.host.turn.run(() => {
    const packet = rig.host.pool.takeWith(data) as Packet;
    packet.trafficClass = 0xb8;
    rig.ipv4.send(packet, path, PROBE);
  });
  t.is(header(rig.device.take()[0].bytes).trafficClass, 0xb8, 'and each packet its service');
  t.is(rig.inUse, 0);
});

// @rfc 791 S3.2-3
// @rfc 6864 S4.3-1
test('how identifications count: one counter, one for each destination, always the same', (t) => {
  const [a, b] = [ip('10.0.0.1'), ip('10.0.0.2')];
  const counter = new CounterIpId(65534, 2);
  t.deepEqual([counter.next(), counter.next(), counter.next()], [65534, 0, 2]);
  const each = new PerDestinationIpId(10, 2);
  t.deepEqual([each.next(a), each.next(a), each.next(b), each.next(a)], [10, 11, 10, 12]);
  each.next(ip('10.0.0.3'));
  t.is(each.next(a), 10, 'the first of more than two destinations was forgotten');
  t.is(new FixedIpId(0).next(), 0);
});

for (const [why, break_] of Object.entries({
  badVersion: (bytes: Uint8Array) => bytes.fill(0x65, 14, 15),
  badHeaderLength: (bytes: Uint8Array) => bytes.fill(0x44, 14, 15),
  badTotalLength: (bytes: Uint8Array) => bytes.fill(0xff, 16, 17),
  badChecksum: (bytes: Uint8Array) => bytes.fill(bytes[22] ^ 1, 22, 23),
  tooShort: (bytes: Uint8Array) => bytes.subarray(0, 33),
})) {
  // @rfc 1122 S3.1-5 S3.2.1.1-1 S3.2.1.2-1
  // @rfc 791 S3.1-2
  test(`a broken packet is dropped and counted: ${why}`, async (t) => {
    const rig = await Rig.start();
    rig.device.receive(break_(ipFrame(rig, data)));
    t.is(rig.ipv4.counters[why as 'badVersion'], 1);
    t.is(rig.probe.got.length, 0);
    t.is(rig.inUse, 0);
  });
}

for (const [why, header, count] of [
  ['martianSource', { source: ip('127.0.0.1') }, 1],
  ['martianSource', { source: ip('224.0.0.5') }, 1],
  ['martianSource', { source: ip('255.255.255.255') }, 1],
  ['martianSource', { source: ip('0.0.0.7') }, 1],
  ['martianSource', { source: ip('10.0.0.255') }, 1],
  ['martianDestination', { destination: ip('127.0.0.1') }, 1],
  ['martianDestination', { destination: ip('0.0.0.0') }, 1],
  ['martianDestination', { destination: ip('241.0.0.1') }, 1],
  ['ownSource', { source: ip('10.0.0.1') }, 1],
  ['notForUs', { destination: ip('10.0.0.3') }, 1],
  ['notJoined', { destination: ip('224.0.0.9') }, 1],
] as const) {
  // @rfc 1122 S3.2.1.3-3 S3.2.1.3-4 S4.1.3.6-1 S3.1-5
  // @rfc 1112 S7.2-1 S7.2-2
  test(`a packet with ${Object.entries(header)} is dropped: ${why}`, async (t) => {
    const rig = await Rig.start();
    rig.device.receive(ipFrame(rig, data, header));
    t.is(rig.ipv4.counters[why], count);
    t.is(rig.probe.got.length, 0);
    t.is(rig.device.take().length, 0, 'and nothing is said');
    t.is(rig.inUse, 0);
  });
}

// @rfc 1122 S3.3.6-3
test('a packet to one in a frame to all is dropped (RFC 1122 section 3.3.6)', async (t) => {
  const rig = await Rig.start();
  rig.device.receive(frame(MacAddress.broadcast, PEER.mac, 0x0800, ipBytes(data)));
  t.is(rig.ipv4.counters.broadcastForOne, 1);
});

test('0.0.0.0 may ask everybody for an address', async (t) => {
  const rig = await Rig.start();
  const bytes = ipBytes(data, { source: ip('0.0.0.0'), destination: ip('255.255.255.255') });
  rig.device.receive(frame(MacAddress.broadcast, PEER.mac, 0x0800, bytes));
  t.is(rig.probe.got.length, 1);
});

test('a stack without an address sends to everybody from 0.0.0.0, and has no path to one', async (t) => {
  const rig = await Rig.start({ addresses: [[]] });
  rig.send('255.255.255.255');
  const sent = header(rig.device.take()[0].bytes);
  t.is(`${sent.source}`, '0.0.0.0');
  t.is(rig.ipv4.path(ip('10.0.0.2')), 'ENETUNREACH');
});

// @rfc 1122 S3.2.1.3-1 S3.2.1.3-2 S3.3.1.1-1 S4.1.3.6-2
// @rfc 791 S3.3-1 S3.3-2
test('why there is no path: the other version, no route, not our address', async (t) => {
  const rig = await Rig.start();
  t.is(rig.ipv4.path(ip('fe80::1')), 'EAFNOSUPPORT');
  t.is(rig.ipv4.path(ip('192.0.2.1')), 'ENETUNREACH');
  t.is(rig.ipv4.path(ip('0.0.0.0')), 'ENETUNREACH');
  t.is(rig.ipv4.path(ip('10.0.0.2'), { source: ip('10.0.0.9') }), 'EADDRNOTAVAIL');
  t.is(rig.ipv4.path(ip('10.0.0.2'), { source: ip('127.0.0.1') }), 'EADDRNOTAVAIL');
});

// @rfc 1122 S3.2.1.3-1 S3.2.2.9-1 S3.3.1.1-1 S3.3.1.2-1 S3.3.1.6-1
test('the longest prefix wins, then the lowest metric', async (t) => {
  const rig = await Rig.start({
    addresses: [['10.0.0.1/24'], ['10.1.0.1/24']],
    ipv4: {
      gateway: '10.0.0.254',
      routes: [
        { to: '192.0.2.0/24', via: '10.1.0.254', metric: 5 },
        { to: '192.0.2.0/24', via: '10.0.0.253', metric: 7 },
        { to: '192.0.2.128/25', via: '10.0.0.252' },
        { to: '198.51.100.0/24', interface: 'eth1' },
      ],
    },
  });
  const via = (to: string) => {
    const route = rig.ipv4.routes.lookup(ip(to));
    return `${route?.interface.name} ${route?.via}`;
  };
  t.is(via('10.0.0.77'), 'eth0 null');
  t.is(via('192.0.2.1'), 'eth1 10.1.0.254');
  t.is(via('192.0.2.200'), 'eth0 10.0.0.252');
  t.is(via('198.51.100.9'), 'eth1 null');
  t.is(via('8.8.8.8'), 'eth0 10.0.0.254');
  t.is(`${rig.path('192.0.2.1').source}`, '10.1.0.1', 'the source fits the next hop');
  t.is(`${rig.path('192.0.2.1', { interface: rig.eth0 }).interface.name}`, 'eth0');
});

test('a route that leads nowhere is refused with a code', async (t) => {
  const error = await t.throwsAsync(Rig.start({ ipv4: { gateway: '192.0.2.1' } }));
  t.is((error as Error & { code: string }).code, 'NOT_ON_LINK');
  const routes = [{ to: '192.0.2.0/24', interface: 'eth7' }];
  const unnamed = await t.throwsAsync(Rig.start({ ipv4: { routes } }));
  t.regex(unnamed?.message ?? '', /^EINVAL .*eth7/);
});

test('ipv4 without arp says what is missing', async (t) => {
  const rig = new Rig();
  rig.arp.unregisterLayer(rig.ipv4);
  const { Ipv4, Ethernet } = await import('@netwright/layers');
  const alone = new Ipv4(rig.host);
  new Ethernet(rig.host).registerLayer(alone);
  const error = t.throws(() => alone.start());
  t.is((error as Error & { code: string }).code, 'NEIGHBOURS_MISSING');
});

test('the route table keeps the best first, and forgets what is removed', (t) => {
  const table = new RouteTable();
  const rig = new Rig();
  const route = (to: string, metric = 0) => ({ to: Cidr.parse(to) as Cidr, via: null, interface: rig.eth0, metric });
  const [wide, narrow, second] = [route('10.0.0.0/8'), route('10.0.0.0/24'), route('10.0.0.0/24', 1)];
  for (const each of [wide, second, narrow]) table.add(each);
  t.deepEqual(table.list(), [narrow, second, wide]);
  const before = table.generation;
  table.remove(narrow);
  t.is(table.lookup(ip('10.0.0.5')), second);
  t.is(table.generation, before + 1);
  table.remove(narrow);
  t.is(table.generation, before + 1, 'nothing changed');
});

// @rfc 1122 S3.3.1.2-1
test('a path follows the routes as they change, and recovers when there is one again', async (t) => {
  const rig = await Rig.start({ addresses: [['10.0.0.1/24'], ['10.1.0.1/24']] });
  introduce(rig, 1);
  rig.arp.set(ip('10.1.0.254'), PEER.mac, rig.host.interfaces[1]);
  rig.arp.set(ip('10.0.0.254'), PEER.mac, rig.eth0);
  const route = (via: string, index: number) => ({
    to: Cidr.parse('192.0.2.0/24') as Cidr,
    via: ip(via),
    interface: rig.host.interfaces[index],
    metric: 0,
  });
  const [first, second] = [route('10.0.0.254', 0), route('10.1.0.254', 1)];
  rig.ipv4.routes.add(first);
  const path = rig.path('192.0.2.1');
  rig.send(path);
  rig.ipv4.routes.remove(first);
  rig.send(path);
  t.is(rig.ipv4.counters.noRoute, 1);
  rig.ipv4.routes.add(second);
  rig.send(path);
  t.is(path.interface.name, 'eth1');
  t.is(`${path.source}`, '10.0.0.1', 'a connection keeps its address');
  t.deepEqual(
    rig.devices.map((each) => each.take().length),
    [1, 1],
  );
  t.is(rig.inUse, 0);
});

test('127.0.0.1 and own addresses stay in the stack, and arrive in a turn of their own', async (t) => {
  const rig = await Rig.start();
  const seen: string[] = [];
  rig.host.watch({ frame: () => seen.push('frame') });
  for (const to of ['127.0.0.1', '127.3.2.1', '10.0.0.1']) {
    const path = rig.path(to);
    t.true(path.local && path.checksumOffload);
    rig.send(path, to);
  }
  t.deepEqual(rig.texts(), [], 'not within the call');
  rig.clock.run();
  t.deepEqual(rig.texts(), ['127.0.0.1', '127.3.2.1', '10.0.0.1']);
  t.deepEqual(
    rig.probe.got.map(({ from }) => from),
    ['127.0.0.1', '127.0.0.1', '10.0.0.1'],
  );
  t.deepEqual([seen.length, rig.device.take().length, rig.inUse], [0, 0, 0]);
});

test('an answer to oneself from within receive does not recurse, and a packet keeps its reason', async (t) => {
  const rig = await Rig.start();
  const path = rig.path('127.0.0.1');
  const why = allReasons()[0];
  let depth = 0;
  let count = 0;
  rig.probe.receive = (packet: Packet) => {
    t.is(depth++, 0);
    t.is(packet.reason, why);
    if (++count < 1000) rig.ipv4.send(packet, path, PROBE);
    else packet.release();
    depth--;
  };
  rig.host.turn.run(() => {
    const packet = rig.host.pool.takeWith(data) as Packet;
    packet.reason = why;
    rig.ipv4.send(packet, path, PROBE);
  });
  rig.clock.run();
  t.is(count, 1000);
  t.is(rig.inUse, 0);
});

test('what the stack sends itself is never cut, and given up when it stops', async (t) => {
  const rig = await Rig.start();
  rig.send('10.0.0.1', new Uint8Array(9000));
  rig.clock.run();
  t.is(rig.probe.got[0].data.length, 9000);
  rig.send('10.0.0.1');
  await rig.stack.stop();
  t.is(rig.inUse, 0);
});

test('on a loopback device packets to oneself are frames on it', async (t) => {
  const rig = new Rig({ addresses: [['127.0.0.1/8'], ['10.0.0.1/24']] });
  rig.device.loopback = true;
  rig.device.peer = rig.device;
  await rig.stack.start();
  rig.send('127.0.0.1', 'to myself');
  rig.clock.run();
  t.deepEqual(rig.texts(), ['to myself']);
  t.is(rig.device.take().length, 1);
  t.is(rig.probe.got[0].via, 'eth0');
  rig.send('127.0.0.1');
  const [{ bytes }] = rig.device.take();
  t.true(rig.eth0.mac.isAt(new DataView(bytes.buffer), 0), 'addressed to the stack, not to everybody');
  rig.clock.run();
  t.is(rig.inUse, 0);
});

// @rfc 1122 S3.3.6-1
test('everybody is meant by ones and by zeros (4.2BSD), where the frame is for everybody, too', async (t) => {
  const rig = await Rig.start({ addresses: [['10.0.0.1/24', '10.9.0.1/32']] });
  const give = (destination: string, to = MacAddress.broadcast) =>
    rig.device.receive(frame(to, PEER.mac, 0x0800, ipBytes(data, { destination: ip(destination) })));
  for (const each of ['255.255.255.255', '10.0.0.255', '0.0.0.0', '10.0.0.0']) give(each);
  t.deepEqual(
    rig.probe.got.map((each) => each.broadcast),
    [true, true, true, true],
  );
  give('10.0.0.0', rig.eth0.mac);
  give('0.0.0.0', rig.eth0.mac);
  give('10.9.0.0');
  give('10.1.0.0');
  t.is(rig.probe.got.length, 4, 'nor is it another network, or where there is but one address');
});

// @rfc 1122 S2.4-2
test('the link layer is told the type of service of each packet', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  const told: number[] = [];
  const send = rig.ethernet.send.bind(rig.ethernet);
  rig.ethernet.send = (packet, ...rest) => {
    told.push(packet.trafficClass);
    send(packet, ...rest);
  };
  for (const trafficClass of [0, 0xb8]) {
    rig.host.turn.run(() => {
      const packet = rig.host.pool.takeWith(data) as Packet;
      packet.trafficClass = trafficClass;
      rig.ipv4.send(packet, rig.path('10.0.0.2'), PROBE);
    });
  }
  t.deepEqual(told, [0, 0xb8]);
});

// @rfc 1122 S3.2.1.7-1
test('nothing leaves with a TTL of zero, whatever a token says', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  for (const ttl of [0, 256, 255]) rig.send(rig.path('10.0.0.2', { ttl: { ttl: () => ttl } }));
  t.deepEqual(
    rig.device.take().map(({ bytes }) => header(bytes).ttl),
    [1, 1, 255],
  );
});

// @rfc 1122 S3.3.2-2
test('a transport learns how much can be put together for it: MMS_R', async (t) => {
  const rig = await Rig.start({ ipv4: { fragments: { perDatagram: 1000 } } });
  t.is(rig.ipv4.mmsR, 65515);
  const whole = new Uint8Array(rig.ipv4.mmsR).fill(7);
  for (let at = 0; at < whole.length; at += 1480) {
    const piece = whole.subarray(at, at + 1480);
    rig.device.receive(ipFrame(rig, piece, { fragmentOffset: at, moreFragments: at + 1480 < whole.length }));
  }
  t.is(rig.probe.got[0]?.data.length, 65515);
});

// @rfc 1122 S3.3.6-2 S3.3.6-4
// @rfc 1112 S6.2-1 S6.4-1
test('broadcasts go to ff:ff:ff:ff:ff:ff and groups to their own address, without a question', async (t) => {
  const rig = await Rig.start();
  for (const to of ['255.255.255.255', '10.0.0.255', '224.0.0.251']) rig.send(to);
  t.deepEqual(
    rig.device.take().map(({ bytes }) => `${MacAddress.read(new DataView(bytes.buffer), 0)}`),
    ['ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:fb'],
  );
});

// @rfc 1112 S6.1-1 S6.1-2 S6.2-1 S6.2-2
test('datagrams to groups go no farther than the link, unless somebody says so (RFC 1112 section 6.1)', async (t) => {
  const rig = new Rig({ addresses: [['10.0.0.1/24'], ['10.1.0.1/24']], ipv4: { gateway: '10.0.0.254' } });
  const udp = new Udp(rig.host);
  rig.ipv4.registerLayer(udp);
  await rig.stack.start();
  introduce(rig);
  const sent = (socket: UdpSocket, to: string) => {
    socket.send('x', 7, to);
    return rig.devices.flatMap((each, index) =>
      each.take().map(({ bytes }) => `eth${index} ${header(bytes).source} ${header(bytes).ttl}`),
    );
  };
  const plain = udp.open();
  t.deepEqual(sent(plain, '10.0.0.2'), ['eth0 10.0.0.1 64']);
  t.deepEqual(
    sent(plain, '224.0.0.251'),
    ['eth0 10.0.0.1 1'],
    'by the default route, from an address of its interface',
  );
  plain.sending.set({ multicastTtl: 5, multicastInterface: rig.host.interfaces[1] });
  t.deepEqual(sent(plain, '224.0.0.251'), ['eth1 10.1.0.1 5']);
  const own = udp.open({ overrides: [override(IP_TTL, { value: new FixedTtl(3) })] });
  t.deepEqual(sent(own, '224.0.0.251'), ['eth0 10.0.0.1 3']);
});

// @rfc 791 S3.1-3
// @rfc 6864 S4.3-2
test('a packet that is too large goes out uncut only where the device cuts it, or not at all where DF is set', async (t) => {
  const rig = new Rig();
  rig.device.offload = { checksum: true, segmentation: 65535 };
  await rig.stack.start();
  introduce(rig);
  const path = rig.path('10.0.0.2');
  t.deepEqual([path.segmentation, path.checksumOffload], [65535, true]);
  rig.host.turn.run(() => {
    const packet = rig.host.pool.takeWith(new Uint8Array(9000)) as Packet;
    packet.segmentSize = 1460;
    rig.ipv4.send(packet, path, PROBE, true);
  });
  const [sent] = rig.device.take();
  t.is(header(sent.bytes).totalLength, 9020);
  rig.send(path, new Uint8Array(1481), true);
  t.is(rig.ipv4.counters.cannotFragment, 1);
  rig.send(path, new Uint8Array(65516));
  t.is(rig.ipv4.counters.tooLong, 1);
  t.is(rig.inUse, 0);
  t.is(NO_OFFLOAD.segmentation, 0);
});

// @rfc 1122 S3.2.1.7-2
// @rfc 1112 S7.2-2
test('how long a packet could still have lived does not matter where it was meant for (RFC 1122 section 3.2.1.7)', async (t) => {
  const rig = await Rig.start();
  for (const ttl of [1, 0]) rig.device.receive(ipFrame(rig, data, { ttl }));
  t.deepEqual(rig.texts(), ['data', 'data']);
});

test('an address that is taken away is no longer ours', async (t) => {
  const rig = await Rig.start();
  const cidr = Cidr.parse('10.2.0.1/24') as Cidr;
  rig.ipv4.addAddress(cidr, rig.eth0);
  t.is(rig.path('10.2.0.9').source, cidr.address);
  rig.device.receive(ipFrame(rig, data, { destination: cidr.address }));
  rig.ipv4.removeAddress(cidr, rig.eth0);
  t.is(rig.ipv4.path(ip('10.2.0.9')), 'ENETUNREACH');
  rig.device.receive(ipFrame(rig, data, { destination: cidr.address }));
  t.is(rig.probe.got.length, 1);
  t.is(rig.ipv4.counters.notForUs, 1);
});

test('20000 mutated packets: nothing throws, nothing leaks, counters add up', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  const random = new SeededRandom('ipv4');
  const options = writeIpOptions([recordRoute(3)]);
  const valid = [ipBytes(data), ipBytes(data, { options }), ipBytes(data, { moreFragments: true })];
  for (let i = 0; i < 20_000; i++) {
    const bytes = valid[i % valid.length].slice(0, random.uint32() % 4 === 0 ? random.uint32() % 44 : undefined);
    for (let n = random.uint32() % 3; n > 0 && bytes.length > 0; n--) {
      bytes[random.uint32() % bytes.length] = random.uint32();
    }
    // Half of them get a checksum that holds, so that mutations reach what lies behind it.
    const size = (bytes[0] & 15) * 4;
    if (random.uint32() % 2 === 0 && size >= 20 && size <= bytes.length) {
      bytes.fill(0, 10, 12);
      const checksum = ~sum(bytes.subarray(0, size)) & 0xffff;
      bytes.set([checksum >>> 8, checksum & 0xff], 10);
    }
    rig.device.receive(frame(rig.eth0.mac, PEER.mac, 0x0800, bytes));
    rig.device.take();
    if (i % 100 === 0) rig.clock.advance(1000);
  }
  const { counters } = rig.ipv4;
  const dropped =
    counters.tooShort +
    counters.badVersion +
    counters.badHeaderLength +
    counters.badTotalLength +
    counters.badChecksum +
    counters.martianSource +
    counters.martianDestination +
    counters.ownSource +
    counters.notForUs +
    counters.notJoined +
    counters.broadcastForOne +
    counters.unknownProtocol +
    counters.badOptions +
    counters.sourceRouted;
  t.is(counters.received, 20_000);
  t.is(counters.received, counters.delivered + dropped + counters.fragments - counters.reassembled);
  t.true(counters.delivered > 1000 && counters.badChecksum > 1000 && counters.fragments > 500);
  t.true(counters.badOptions > 10 && counters.unknownProtocol > 10 && counters.notForUs > 10);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
