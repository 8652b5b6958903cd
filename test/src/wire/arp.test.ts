import { Cidr, IpAddress, MacAddress, SeededRandom } from '@netwright/core';
import { type ArpHeader, readArp, writeArp } from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';
import { arpBytes, frame, ip, ipFrame, leftOver, mac, PEER, Rig } from './rig.js';

const OWN = '10.0.0.1';
const STRANGER = { ip: ip('10.0.0.66'), mac: mac('02:00:00:00:00:66') };

const macs = fc
  .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xffffffff }))
  .map(([high, low]) => MacAddress.of(high & 0xfeff, low));
const ips = fc.integer({ min: 0, max: 0xffffffff }).map((bits) => IpAddress.v4(bits));

function answer(rig: Rig, from = PEER, to = rig.eth0.mac): void {
  const reply = arpBytes('reply', from, { mac: rig.eth0.mac, ip: ip(OWN) });
  rig.device.receive(frame(to, from.mac, 0x0806, reply));
}

function request(rig: Rig, from: typeof PEER, target = OWN): void {
  rig.device.receive(frame(MacAddress.broadcast, from.mac, 0x0806, arpBytes('request', from, { ip: ip(target) })));
}

function sentArp(rig: Rig): { header: ArpHeader; reason: string; at: number; to: string }[] {
  return rig.device
    .take()
    .filter(({ bytes }) => bytes[12] === 8 && bytes[13] === 6)
    .map(({ bytes, reason, at }) => {
      const view = new DataView(bytes.buffer);
      const header = readArp(view, 14, bytes.length - 14) as ArpHeader;
      return { header, reason, at, to: `${MacAddress.read(view, 0)}` };
    });
}

function state(rig: Rig, address = '10.0.0.2'): string {
  return rig.arp.entries().find((each) => `${each.address}` === address)?.state ?? 'none';
}

test('a packet that was written is read back', (t) => {
  const packets = fc.record({
    operation: fc.integer({ min: 1, max: 2 }),
    senderMac: macs,
    senderIp: ips,
    targetMac: macs,
    targetIp: ips,
  });
  fc.assert(
    fc.property(packets, (packet) => {
      const view = new DataView(new ArrayBuffer(30));
      writeArp(view, 1, packet);
      t.deepEqual(readArp(view, 1, 29), packet);
      t.is(readArp(view, 1, 27), undefined);
    }),
    { seed: 1 },
  );
});

// @rfc 826 R1
test('the wire format is that of RFC 826', (t) => {
  const bytes = arpBytes('request', { mac: mac('02:00:00:00:00:01'), ip: ip('10.0.0.1') }, { ip: ip('10.0.0.2') });
  t.is(Buffer.from(bytes).toString('hex'), '0001080006040001020000000001' + '0a000001' + '000000000000' + '0a000002');
});

// @rfc 826 R5
// @rfc 5227 S2.5-1 S2.6-1
test('a request for each address of the interface is answered to the asker alone', async (t) => {
  const rig = await Rig.start({ addresses: [['10.0.0.1/24', '10.0.0.9/24'], ['10.1.0.1/24']] });
  request(rig, PEER, '10.0.0.1');
  request(rig, PEER, '10.0.0.9');
  request(rig, PEER, '10.1.0.1');
  const replies = sentArp(rig);
  t.deepEqual(
    replies.map(({ header, to, reason }) => [`${header.senderIp}`, `${header.senderMac}`, to, reason]),
    [
      ['10.0.0.1', `${rig.eth0.mac}`, `${PEER.mac}`, 'arp.reply'],
      ['10.0.0.9', `${rig.eth0.mac}`, `${PEER.mac}`, 'arp.reply'],
    ],
  );
  t.is(rig.inUse, 0);
});

// @rfc 5227 S2.1.1-1 S2.5-1
test('a probe from 0.0.0.0 is answered and teaches nothing (RFC 5227 section 2.1.1)', async (t) => {
  const rig = await Rig.start();
  request(rig, { ip: ip('0.0.0.0'), mac: PEER.mac });
  t.is(sentArp(rig).length, 1);
  t.is(rig.arp.entries().length, 0);
});

// @rfc 1122 S2.3.3-4 S2.4-3 S3.3.1.1-2
// @rfc 826 R2
test('packets wait for the address, and leave in order when the answer comes', async (t) => {
  const rig = await Rig.start();
  rig.send('10.0.0.2', 'one');
  rig.send('10.0.0.2', 'two');
  t.is(state(rig), 'incomplete');
  t.deepEqual(
    sentArp(rig).map(({ reason, to }) => [reason, to]),
    [['arp.request', 'ff:ff:ff:ff:ff:ff']],
  );
  answer(rig);
  t.is(state(rig), 'reachable');
  const texts = rig.device.take().map(({ bytes }) => Buffer.from(bytes.subarray(34)).toString());
  t.deepEqual(texts, ['one', 'two']);
  t.is(rig.inUse, 0);
});

test('packets that wait for several neighbours each go to the right one, whoever answers first', async (t) => {
  const rig = await Rig.start();
  const others = [3, 4, 5].map((n) => ({ ip: ip(`10.0.0.${n}`), mac: mac(`02:00:00:00:00:0${n}`) }));
  for (const { ip: to } of others) rig.send(`${to}`, `for ${to}`);
  rig.device.take();
  for (const other of [others[1], others[2], others[0]]) {
    answer(rig, other);
    const sent = rig.device.take();
    t.deepEqual(
      sent.map(({ bytes }) => [
        `${MacAddress.read(new DataView(bytes.buffer), 0)}`,
        Buffer.from(bytes.subarray(34)).toString(),
      ]),
      [[`${other.mac}`, `for ${other.ip}`]],
    );
  }
  t.is(rig.inUse, 0);
});

// @rfc 791 S2.3-1
// @rfc 826 R2 R5
test('each interface asks and answers under its own hardware address', async (t) => {
  const rig = await Rig.start({ addresses: [['10.0.0.1/24'], ['10.1.0.1/24']] });
  rig.send('10.0.0.2');
  rig.send('10.1.0.2');
  const senders = rig.devices.map((each) => {
    const [{ bytes }] = each.take();
    const header = readArp(new DataView(bytes.buffer), 14, 28);
    return `${header?.senderMac} ${header?.senderIp}`;
  });
  const [one, two] = rig.host.interfaces;
  t.deepEqual(senders, [`${one.mac} 10.0.0.1`, `${two.mac} 10.1.0.1`]);
  t.false(one.mac.equals(two.mac));
});

// @rfc 1122 S2.3.2.1-2
test('a silent neighbour is asked three times, a second apart; then its packets are reported unreachable', async (t) => {
  const rig = await Rig.start();
  rig.send('10.0.0.2');
  rig.clock.run();
  t.deepEqual(
    sentArp(rig).map(({ at, reason }) => [at, reason]),
    [
      [0, 'arp.request'],
      [1000, 'arp.request.retry'],
      [2000, 'arp.request.retry'],
    ],
  );
  t.is(rig.clock.now(), 3000);
  t.is(state(rig), 'failed');
  t.deepEqual(rig.probe.errors, [{ kind: 'host-unreachable', mtu: 0, destination: '10.0.0.2', quoted: 5 }]);
  rig.send('10.0.0.2');
  t.is(sentArp(rig).length, 1, 'the next packet asks again');
  answer(rig);
  t.is(state(rig), 'reachable');
  t.is(rig.inUse, 0);
  t.is(rig.host.timers.armed, 0);
});

// @rfc 1122 S2.3.2.2-1
test('more packets than may wait: the oldest goes, the latest are kept (RFC 1122 section 2.3.2.2)', async (t) => {
  const rig = await Rig.start({ arp: { pending: 2, pendingTotal: 3 } });
  for (const text of ['one', 'two', 'three']) rig.send('10.0.0.2', text);
  t.is(rig.arp.counters.pendingDropped, 1);
  t.is(rig.inUse, 2);
  rig.send('10.0.0.3', 'other');
  rig.send('10.0.0.3', 'other, later');
  rig.send('10.0.0.4', 'no room for it');
  t.is(rig.arp.counters.pendingDropped, 3);
  rig.device.take();
  answer(rig);
  const texts = rig.device.take().map(({ bytes }) => Buffer.from(bytes.subarray(34)).toString());
  t.deepEqual(texts, ['two', 'three']);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

// @rfc 1122 S2.3.2.1-3 S3.3.1.4-1 S3.3.1.4-2
test('an answer is trusted for 30 s; then the neighbour is used, and polled after 5 s more', async (t) => {
  const rig = await Rig.start();
  rig.send('10.0.0.2');
  answer(rig);
  rig.device.take();
  rig.clock.advance(29_999);
  rig.send('10.0.0.2');
  t.is(state(rig), 'reachable');
  rig.clock.advance(2);
  t.is(state(rig), 'stale');
  rig.send('10.0.0.2');
  t.is(state(rig), 'probe');
  t.is(rig.device.take().length, 2, 'packets go on meanwhile');
  rig.clock.advance(5000);
  const quick = await Rig.start({ arp: { reachable: 1000 } });
  quick.send('10.0.0.2');
  answer(quick);
  quick.clock.advance(1001);
  t.is(state(quick), 'stale');
  const [poll] = sentArp(rig);
  t.is(poll.reason, 'arp.request.poll');
  t.is(poll.to, `${PEER.mac}`, 'to the neighbour alone (RFC 1122 section 2.3.2.1)');
  answer(rig);
  t.is(state(rig), 'reachable');
  rig.clock.run();
  t.is(rig.inUse, 0);
});

// @rfc 1122 S2.3.2.1-1 S3.3.1.4-1
test('a neighbour that does not answer the polls is forgotten: the next packet asks everybody', async (t) => {
  const rig = await Rig.start();
  rig.send('10.0.0.2');
  answer(rig);
  rig.clock.advance(30_001);
  rig.send('10.0.0.2');
  rig.device.take();
  rig.clock.run();
  t.is(sentArp(rig).length, 3);
  t.is(state(rig), 'failed');
  rig.send('10.0.0.2');
  t.deepEqual(
    sentArp(rig).map(({ to }) => to),
    ['ff:ff:ff:ff:ff:ff'],
  );
  rig.clock.run();
  t.is(rig.inUse, 0);
});

// @rfc 1122 S3.3.1.4-2 S3.3.1.4-3
test('what a transport hears from a neighbour saves the polls', async (t) => {
  const rig = await Rig.start();
  const path = rig.path('10.0.0.2');
  rig.send(path);
  path.confirm();
  t.is(state(rig), 'incomplete', 'without an address there is nothing to confirm');
  answer(rig);
  for (let i = 0; i < 10; i++) {
    rig.clock.advance(31_000);
    rig.send(path);
    path.confirm();
    t.is(state(rig), 'reachable');
  }
  rig.clock.advance(29_000);
  t.deepEqual(
    sentArp(rig).map(({ reason }) => reason),
    ['arp.request'],
  );
});

// @rfc 1122 S2.3.2.1-1
test('an unused neighbour is forgotten after ten minutes; a path that kept it finds it again', async (t) => {
  const rig = await Rig.start();
  const path = rig.path('10.0.0.2');
  rig.send(path);
  answer(rig);
  rig.clock.advance(600_001);
  t.is(rig.arp.entries().length, 0);
  rig.device.take();
  rig.send(path, 'again');
  t.is(sentArp(rig).length, 1);
  answer(rig);
  t.is(Buffer.from(rig.device.take()[0].bytes.subarray(34)).toString(), 'again');
  t.is(rig.arp.entries().length, 1);
  t.is(rig.inUse, 0);
});

test('two paths to a neighbour that was forgotten between them share one entry again', async (t) => {
  const rig = await Rig.start();
  const before = rig.path('10.0.0.2');
  rig.send(before);
  answer(rig);
  rig.arp.remove(ip('10.0.0.2'), rig.eth0);
  const after = rig.path('10.0.0.2');
  rig.device.take();
  rig.send(before, 'before');
  rig.send(after, 'after');
  answer(rig);
  t.deepEqual(
    rig.device
      .take()
      .slice(1)
      .map(({ bytes }) => Buffer.from(bytes.subarray(34)).toString()),
    ['before', 'after'],
  );
  t.is(rig.arp.entries().length, 1);
  t.is(rig.inUse, 0);
});

// @rfc 826 R4
test('unsolicited replies and requests for others make no entry, so they poison nothing', async (t) => {
  const rig = await Rig.start();
  answer(rig, STRANGER);
  answer(rig, STRANGER, MacAddress.broadcast);
  request(rig, STRANGER, '10.0.0.77');
  request(rig, STRANGER, '10.0.0.66');
  t.is(rig.arp.entries().length, 0);
  t.is(rig.arp.counters.unsolicited, 4);
  const open = await Rig.start({ arp: { acceptUnsolicited: true } });
  answer(open, STRANGER);
  t.is(state(open, '10.0.0.66'), 'stale');
});

test('IP packets teach nothing: a neighbour is learned from ARP alone', async (t) => {
  const rig = await Rig.start();
  rig.device.receive(ipFrame(rig, new Uint8Array(8)));
  t.is(rig.probe.got.length, 1);
  t.is(rig.arp.entries().length, 0);
});

// @rfc 826 R4
test('who asks for us is learned, and polled before it is trusted', async (t) => {
  const rig = await Rig.start();
  request(rig, PEER);
  t.is(state(rig), 'stale');
  t.is(rig.arp.counters.learned, 1);
  rig.device.take();
  rig.send('10.0.0.2');
  t.is(rig.device.take()[0].bytes[13], 0, 'an IP packet, without a question first');
  rig.clock.run();
  request(rig, { ip: ip('192.168.7.7'), mac: STRANGER.mac });
  t.is(state(rig, '192.168.7.7'), 'none', 'not from another network');
});

// @rfc 826 R3
test('a neighbour that moves is followed; a permanent one is not', async (t) => {
  const rig = await Rig.start({
    arp: { entries: [{ address: '10.0.0.3', mac: '02:00:00:00:00:03' }] },
  });
  rig.send('10.0.0.2');
  answer(rig);
  const moved = { ip: PEER.ip, mac: mac('02:00:00:00:00:22') };
  request(rig, moved, '10.0.0.2');
  t.is(`${rig.arp.entries().find((each) => each.address.equals(PEER.ip))?.mac}`, '02:00:00:00:00:22');
  t.is(state(rig), 'stale', 'its word alone is no proof that it hears us');
  request(rig, { ip: ip('10.0.0.3'), mac: STRANGER.mac });
  t.is(state(rig, '10.0.0.3'), 'permanent');
  t.is(rig.arp.counters.movedPermanent, 1);
  rig.device.take();
  rig.send('10.0.0.3');
  t.is(rig.device.take()[0].bytes[5], 3);
  rig.clock.advance(10_000_000);
  t.is(state(rig, '10.0.0.3'), 'permanent');
});

test('a sender with a group address is refused: its packets would go to everybody', async (t) => {
  const rig = await Rig.start();
  request(rig, { ip: PEER.ip, mac: mac('03:00:00:00:00:02') });
  request(rig, { ip: PEER.ip, mac: MacAddress.broadcast });
  t.is(rig.arp.counters.malformed, 2);
  t.is(rig.device.take().length, 0);
});

test('the table is bounded: the neighbour unused for longest goes, permanent ones stay', async (t) => {
  const rig = await Rig.start({
    addresses: [['10.0.0.1/16']],
    arp: { limit: 8, entries: [{ address: '10.0.255.1', mac: '02:00:00:00:ff:01' }] },
  });
  for (let i = 2; i < 200; i++) {
    request(rig, { ip: ip(`10.0.1.${i}`), mac: MacAddress.of(0x0200, i) });
    rig.clock.advance(1);
  }
  const left = rig.arp.entries().map((each) => `${each.address}`);
  t.is(left.length, 8);
  t.true(left.includes('10.0.255.1') && left.includes('10.0.1.199') && left.includes('10.0.1.193'));
  t.is(rig.arp.counters.evicted, 191);
  t.is(rig.inUse, 0);
});

// @rfc 5227 S2.1-2 S2.3-1
test('addresses are announced at start where that is wished, 2 s apart (RFC 5227 section 2.3)', async (t) => {
  const rig = await Rig.start({ arp: { announce: 2 } });
  rig.clock.run();
  const announcements = sentArp(rig);
  t.deepEqual(
    announcements.map(({ header, at, to, reason }) => [`${header.senderIp}`, `${header.targetIp}`, at, to, reason]),
    [0, 2000].map((at) => [OWN, OWN, at, 'ff:ff:ff:ff:ff:ff', 'arp.announce']),
  );
  const silent = await Rig.start();
  silent.clock.run();
  t.is(silent.device.take().length, 0);
});

// @rfc 5227 S2.4-1 S2.4-2 S2.4-3
test('somebody else with our address is counted, and answered once in ten seconds (RFC 5227 section 2.4)', async (t) => {
  const rig = await Rig.start();
  const rival = { ip: ip(OWN), mac: STRANGER.mac };
  for (let i = 0; i < 5; i++) answer(rig, rival);
  t.is(rig.arp.counters.conflicts, 5);
  t.deepEqual(
    sentArp(rig).map(({ reason }) => reason),
    ['arp.announce.defend'],
  );
  rig.clock.advance(10_000);
  request(rig, rival, '10.0.0.2');
  t.is(sentArp(rig).length, 1);
  t.is(rig.arp.entries().length, 0);
});

// @rfc 826 R6
test('packets of other hardware, protocols or lengths are not answered, and teach nothing', async (t) => {
  const rig = await Rig.start();
  for (const at of [1, 3, 4, 5]) {
    const bytes = arpBytes('request', PEER, { ip: ip(OWN) });
    bytes[at] ^= 8;
    rig.device.receive(frame(MacAddress.broadcast, PEER.mac, 0x0806, bytes));
  }
  t.is(rig.arp.counters.malformed, 4);
  t.deepEqual([sentArp(rig).length, rig.arp.entries().length], [0, 0]);
});

// @rfc 5227 S2.4-1
test('own packets that come back are ignored', async (t) => {
  const rig = await Rig.start({ arp: { announce: 1 } });
  const [sent] = rig.device.take();
  rig.device.receive(sent.bytes);
  t.is(rig.arp.counters.echoes, 1);
  t.is(rig.arp.counters.conflicts, 0);
});

test('a proxy answers for networks behind it, and not for neighbours it knows here', async (t) => {
  const rig = await Rig.start({ addresses: [['10.0.0.1/16']], arp: { proxy: ['10.0.9.0/24'] } });
  request(rig, PEER, '10.0.9.7');
  request(rig, PEER, '10.0.8.7');
  const replies = sentArp(rig);
  t.deepEqual(
    replies.map(({ header, reason }) => [`${header.senderIp}`, reason]),
    [['10.0.9.7', 'arp.reply.proxy']],
  );
  request(rig, { ip: ip('10.0.9.7'), mac: STRANGER.mac });
  request(rig, PEER, '10.0.9.7');
  t.is(sentArp(rig).length, 1, 'the answer to 10.0.9.7 itself');
});

test('an address that is added later is answered for', async (t) => {
  const rig = await Rig.start();
  rig.ipv4.addAddress(Cidr.parse('10.0.0.50/24') as Cidr, rig.eth0);
  request(rig, PEER, '10.0.0.50');
  t.is(sentArp(rig).length, 1);
});

test('a stop lets go of packets that wait', async (t) => {
  const rig = await Rig.start();
  rig.send('10.0.0.2');
  await rig.stack.stop();
  t.is(rig.inUse, 0);
  t.is(rig.clock.pending, 0);
});

test('20000 mutated packets: nothing throws, nothing leaks, counters add up', async (t) => {
  const rig = await Rig.start();
  const random = new SeededRandom('arp');
  const valid = [
    arpBytes('request', PEER, { ip: ip(OWN) }),
    arpBytes('reply', PEER, { mac: rig.eth0.mac, ip: ip(OWN) }),
    arpBytes('request', STRANGER, { ip: ip('10.0.0.99') }),
  ];
  for (let i = 0; i < 20_000; i++) {
    const bytes = valid[i % valid.length].slice(0, random.uint32() % 4 === 0 ? random.uint32() % 28 : undefined);
    for (let n = random.uint32() % 3; n > 0 && bytes.length > 0; n--) {
      bytes[random.uint32() % bytes.length] = random.uint32();
    }
    rig.device.receive(frame(rig.eth0.mac, PEER.mac, 0x0806, bytes));
    if (i % 64 === 0) {
      rig.send(`10.0.0.${1 + (random.uint32() % 254)}`, 'x');
      rig.device.take();
      rig.clock.advance(random.uint32() % 500);
    }
  }
  const { received, malformed, requestsIn, repliesIn, otherIn } = rig.arp.counters;
  t.is(received, 20_000);
  t.is(malformed + requestsIn + repliesIn + otherIn, received);
  t.true(malformed > 1000 && requestsIn > 1000 && repliesIn > 1000 && otherIn > 10);
  t.true(rig.arp.entries().length <= 256);
  rig.clock.run();
  t.is(rig.inUse, 0);
  t.is(rig.host.timers.armed, 0);
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
