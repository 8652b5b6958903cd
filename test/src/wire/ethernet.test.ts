import { MacAddress, SeededRandom } from '@netwright/core';
import { type EthernetHeader, ethernetSize, multicastMac, readEthernet, writeEthernet } from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';
import { arpBytes, frame, introduce, ip, ipBytes, ipFrame, leftOver, mac, PEER, Rig } from './rig.js';

const macs = fc
  .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xffffffff }))
  .map(([high, low]) => MacAddress.of(high, low));
const data = new TextEncoder().encode('data');

/** The same frame with 802.1Q tags behind the addresses. */
function tagged(bytes: Uint8Array, ...tags: readonly [type: number, control: number][]): Uint8Array {
  const words = tags.flatMap(([type, control]) => [type >>> 8, type & 0xff, control >>> 8, control & 0xff]);
  return Uint8Array.from([...bytes.subarray(0, 12), ...words, ...bytes.subarray(12)]);
}

test('a header that was written is read back, with and without a tag', (t) => {
  const tag = fc.record({
    id: fc.integer({ min: 0, max: 4095 }),
    priority: fc.integer({ min: 0, max: 7 }),
    dropEligible: fc.boolean(),
  });
  const type = fc.integer({ min: 0, max: 0xffff }).filter((each) => each !== 0x8100);
  const headers = fc.oneof(
    fc.record({ destination: macs, source: macs, type }),
    fc.record({ destination: macs, source: macs, type: fc.integer({ min: 0, max: 0xffff }), tag }),
  );
  fc.assert(
    fc.property(headers, (header: EthernetHeader) => {
      const view = new DataView(new ArrayBuffer(20));
      writeEthernet(view, 1, header);
      t.deepEqual(readEthernet(view, 1, ethernetSize(header)), header);
      t.is(readEthernet(view, 1, ethernetSize(header) - 1), undefined);
    }),
    { seed: 1 },
  );
});

// @rfc 1122 S2.3.1-1 S2.3.3-1 S2.3.3-3
test('the header of an outgoing frame is 14 bytes: destination, source, type', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  rig.send('10.0.0.2');
  const [sent] = rig.device.take();
  t.is(Buffer.from(sent.bytes.subarray(0, 14)).toString('hex'), '020000000002020000007201' + '0800');
  t.is(rig.inUse, 0);
});

// @rfc 1122 S2.3.3-1 S2.4-1 S3.3.7-1
// @rfc 1112 S7.1-1 S7.2-1 S7.4-1
test('which destinations are taken: our own, everybody, and groups that were joined', async (t) => {
  const rig = await Rig.start();
  const group = multicastMac(ip('239.1.2.3'));
  const take = (to: MacAddress, payload: Uint8Array) => rig.device.receive(frame(to, PEER.mac, 0x0800, payload));
  take(rig.eth0.mac, ipBytes(data));
  take(MacAddress.broadcast, ipBytes(data, { destination: ip('10.0.0.255') }));
  t.is(rig.probe.got.length, 2);
  t.deepEqual(
    rig.probe.got.map((each) => each.broadcast),
    [false, true],
  );
  take(mac('02:00:00:00:00:99'), ipBytes(data));
  take(group, ipBytes(data, { destination: ip('239.1.2.3') }));
  t.is(rig.ethernet.counters.notForUs, 2);
  rig.ipv4.groups.join(ip('239.1.2.3'), rig.eth0);
  rig.ipv4.groups.join(ip('239.1.2.3'), rig.eth0);
  rig.ipv4.groups.leave(ip('239.1.2.3'), rig.eth0);
  take(group, ipBytes(data, { destination: ip('239.1.2.3') }));
  t.is(rig.probe.got.length, 3);
  rig.ipv4.groups.leave(ip('239.1.2.3'), rig.eth0);
  take(group, ipBytes(data, { destination: ip('239.1.2.3') }));
  t.is(rig.probe.got.length, 3);
  t.is(rig.ethernet.counters.notForUs, 3);
  t.is(rig.inUse, 0);
});

test('a promiscuous interface takes frames for other stations', async (t) => {
  const rig = await Rig.start({ ethernet: { promiscuous: true } });
  rig.device.receive(frame(mac('02:00:00:00:00:99'), PEER.mac, 0x0800, ipBytes(data)));
  t.is(rig.probe.got.length, 1);
});

// @rfc 1122 S3.3.7-1
// @rfc 1112 S6.4-1 S7.2-4
test('the group 224.0.0.1 is joined on every interface, and its address is 01:00:5e:00:00:01', async (t) => {
  const rig = await Rig.start();
  t.is(`${multicastMac(ip('224.0.0.1'))}`, '01:00:5e:00:00:01');
  // RFC 1112 section 6.4: the low-order 23 bits, so 32 groups share an address.
  t.is(`${multicastMac(ip('239.255.255.255'))}`, '01:00:5e:7f:ff:ff');
  rig.device.receive(
    frame(mac('01:00:5e:00:00:01'), PEER.mac, 0x0800, ipBytes(data, { destination: ip('224.0.0.1') })),
  );
  t.is(rig.probe.got.length, 1);
});

test('padding up to the minimum size of a frame is cut off', async (t) => {
  const rig = await Rig.start();
  rig.device.receive(Uint8Array.from([...ipFrame(rig, data), ...new Uint8Array(22).fill(0xee)]));
  t.deepEqual(rig.texts(), ['data']);
});

test('an interface in a VLAN tags its frames and takes only frames with its tag', async (t) => {
  const rig = await Rig.start({ ethernet: { vlan: { eth0: 100 } } });
  introduce(rig);
  rig.send('10.0.0.2');
  const [sent] = rig.device.take();
  const header = readEthernet(new DataView(sent.bytes.buffer), 0, sent.bytes.length);
  t.deepEqual(header?.tag, { id: 100, priority: 0, dropEligible: false });
  t.is(header?.type, 0x0800);
  const bytes = ipFrame(rig, data);
  rig.device.receive(bytes, tagged(bytes, [0x8100, 101]), tagged(bytes, [0x8100, 0]), tagged(bytes, [0x8100, 0xe064]));
  t.is(rig.ethernet.counters.wrongVlan, 3);
  t.deepEqual(rig.texts(), ['data']);
  t.is(rig.inUse, 0);
});

test('a VLAN of an interface that is not there is refused with a code', async (t) => {
  const error = await t.throwsAsync(Rig.start({ ethernet: { vlan: { eth7: 100 } } }));
  t.regex(error?.message ?? '', /^EINVAL .*eth7.*Interfaces: eth0/);
});

test('an untagged interface takes priority tags, and no VLAN', async (t) => {
  const rig = await Rig.start();
  const bytes = ipFrame(rig, data);
  rig.device.receive(tagged(bytes, [0x8100, 0xa000]), tagged(bytes, [0x8100, 0xa001]));
  t.deepEqual(rig.texts(), ['data']);
  t.is(rig.ethernet.counters.wrongVlan, 1);
});

test('frames with two tags are dropped and counted', async (t) => {
  const rig = await Rig.start({ ethernet: { vlan: { eth0: 100 } } });
  const bytes = ipFrame(rig, data);
  rig.device.receive(tagged(bytes, [0x8100, 100], [0x8100, 100]), tagged(bytes, [0x88a8, 100], [0x8100, 100]));
  t.is(rig.ethernet.counters.doubleTagged, 2);
  t.is(rig.inUse, 0);
});

// @rfc 1122 S2.3.3-2
test('frames of IEEE 802.3 with LLC and SNAP are taken among those with a type (RFC 1042)', async (t) => {
  const rig = await Rig.start();
  const snap = (payload: Uint8Array, type = 0x0800, head = [0xaa, 0xaa, 3, 0, 0, 0]) => {
    const bytes = Uint8Array.from([...head, type >>> 8, type & 255, ...payload]);
    // What is behind the length is padding.
    return frame(rig.eth0.mac, PEER.mac, bytes.length, Uint8Array.from([...bytes, 9, 9, 9]));
  };
  const packet = ipBytes(data);
  rig.device.receive(ipFrame(rig, data), snap(packet), ipFrame(rig, data));
  t.deepEqual(rig.texts(), ['data', 'data', 'data']);
  rig.device.receive(snap(arpBytes('request', PEER, { ip: ip('10.0.0.1') }), 0x0806));
  t.is(rig.device.take()[0]?.bytes.length, 42, 'and answered as RFC 894 has it');
  rig.device.receive(
    snap(packet, 0x0800, [0xaa, 0xaa, 3, 0, 0, 1]),
    snap(packet, 0x0800, [0x42, 0x42, 3, 0, 0, 0]),
    snap(packet, 0x0100),
    frame(rig.eth0.mac, PEER.mac, 1400, packet),
    frame(rig.eth0.mac, PEER.mac, 7, packet),
  );
  t.is(rig.ethernet.counters.llc, 5);
  rig.device.receive(snap(packet, 0x88cc));
  t.is(rig.ethernet.counters.unknownType, 1);
  t.is(rig.inUse, 0);
});

test('a type that no layer takes, an 802.3 length and a runt are each counted', async (t) => {
  const rig = await Rig.start();
  const { mac: own } = rig.eth0;
  rig.device.receive(frame(own, PEER.mac, 0x88cc, data), frame(own, PEER.mac, 46, data), new Uint8Array(13));
  const { unknownType, llc, tooShort } = rig.ethernet.counters;
  t.deepEqual([unknownType, llc, tooShort], [1, 1, 1]);
  t.is(rig.inUse, 0);
});

test('20000 mutated frames: nothing throws, nothing leaks, each is counted once', async (t) => {
  const rig = await Rig.start({ ethernet: { vlan: {} } });
  const random = new SeededRandom('ethernet');
  const valid = [
    ipFrame(rig, data),
    tagged(ipFrame(rig, data), [0x8100, 0]),
    frame(rig.eth0.mac, PEER.mac, 0x0806, data),
  ];
  for (let i = 0; i < 20_000; i++) {
    const bytes = valid[i % valid.length].slice(0, random.uint32() % 2 === 0 ? undefined : random.uint32() % 60);
    for (let n = random.uint32() % 3; n >= 0; n--)
      bytes[random.uint32() % Math.min(18, bytes.length)] = random.uint32();
    rig.device.receive(bytes);
  }
  const { received, sent, ...outcomes } = rig.ethernet.counters;
  t.is(received, 20_000);
  t.is(
    Object.values(outcomes).reduce((a, b) => a + b),
    received,
  );
  t.true(outcomes.delivered > 1000 && outcomes.notForUs > 1000 && sent >= 0);
  t.is(rig.inUse, 0);
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
