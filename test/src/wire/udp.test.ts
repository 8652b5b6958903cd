import { addSums, ChecksumState, PacketPool, SeededRandom } from '@netwright/core';
import {
  checksumField,
  Datagram,
  PortTable,
  pseudoSum,
  RandomPorts,
  readUdpHeader,
  UDP_HEADER,
  Udp,
  udpLength,
  writeUdpHeader,
} from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';
import { Segment } from '../net/wire.js';

// @rfc 768 R2
test('what is written is read, for every header', (t) => {
  const port = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(port, port, port, port, (sourcePort, destinationPort, length, checksum) => {
      const view = new DataView(new ArrayBuffer(12));
      const header = { sourcePort, destinationPort, length, checksum };
      writeUdpHeader(view, 3, header);
      t.deepEqual(readUdpHeader(view, 3, 9), header);
      t.is(readUdpHeader(view, 3, 7), undefined);
    }),
  );
});

// @rfc 768 R2
test('the length field decides, and a lie about it is found', (t) => {
  const view = new DataView(new ArrayBuffer(64));
  const length = (field: number, available: number) => {
    view.setUint16(4, field);
    return udpLength(view, 0, available);
  };
  t.is(length(8, 8), 8);
  t.is(length(20, 40), 20);
  t.is(length(7, 40), 0);
  t.is(length(41, 40), 0);
  t.is(length(8, 7), 0);
});

// @rfc 768 R3
test('the checksum is that of the worked example: 153.18.8.105 port 1087 to 171.2.14.10 port 13, TESTING', (t) => {
  const pool = new PacketPool({ small: 2, large: 1 });
  const packet = pool.takeWith(new TextEncoder().encode('TESTING'));
  if (packet === null) return t.fail();
  const at = packet.prepend(UDP_HEADER);
  writeUdpHeader(packet.view, at, { sourcePort: 1087, destinationPort: 13, length: 15, checksum: 0 });
  const addresses = [0x9912, 0x0869, 0xab02, 0x0e0a].reduce(addSums);
  t.is(checksumField(addSums(pool.sum(at, 15), pseudoSum(addresses, 15))), 0x6914);
  packet.release();
});

// @rfc 768 R4
test('a checksum that comes out as zero is sent as 0xffff', (t) => {
  t.is(checksumField(0xffff), 0xffff);
  t.is(checksumField(0), 0xffff);
  t.is(checksumField(0xfffe), 1);
});

// @rfc 768 R4
test('a datagram whose checksum comes out as zero is taken by its receiver', (t) => {
  const segment = new Segment();
  const [a, b] = ['10.0.0.1', '10.0.0.2'].map((address) => segment.station(address));
  const [one, two] = [a, b].map((wire) => {
    const udp = new Udp(wire.host);
    wire.registerLayer(udp);
    return udp;
  });
  const server = two.open({ port: 9 });
  const client = one.open({ port: 5000 });
  // With a payload of the one word w the checksum is ~(sum + w): the w that makes it zero completes the sum to 0xffff.
  client.send(Uint8Array.of(0, 0), 9, '10.0.0.2');
  const before = segment.sent[0].bytes;
  const checksum = (before[6] << 8) | before[7];
  client.send(Uint8Array.of(checksum >> 8, checksum & 255), 9, '10.0.0.2');
  t.deepEqual([...segment.sent[1].bytes.slice(6, 8)], [0xff, 0xff]);
  segment.clock.run();
  t.deepEqual([...(server.poll()?.data ?? [])], [0, 0]);
  t.is(server.poll()?.data.length, 2);
  t.is(two.counters.badChecksum, 0);
});

// @rfc 1122 S4.1.3.4-1
// @rfc 768 R1 R3
test('every datagram that is sent is received whole, and its checksum holds', (t) => {
  const segment = new Segment();
  const [a, b] = [segment.station('10.0.0.1'), segment.station('10.0.0.2')];
  const [one, two] = [new Udp(a.host), new Udp(b.host)];
  a.registerLayer(one);
  b.registerLayer(two);
  const server = two.open({ port: 7 });
  const client = one.open();
  const got: Uint8Array[] = [];
  server.onMessage = (data) => got.push(data.slice());
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (payload) => {
      got.length = 0;
      client.send(payload, 7, '10.0.0.2');
      segment.clock.run();
      t.deepEqual(got, [payload]);
    }),
    { numRuns: 200 },
  );
  t.is(two.counters.badChecksum, 0);
  t.is(segment.pool.inUse, 0);
});

test('a device that completes checksums gets the sum of the pseudo-header, unless the datagram will be cut', (t) => {
  const segment = new Segment();
  const wire = segment.station('10.0.0.1');
  wire.checksumOffload = true;
  const udp = new Udp(wire.host);
  wire.registerLayer(udp);
  const states: ChecksumState[] = [];
  const send = wire.send.bind(wire);
  wire.send = (packet, path, protocol) => {
    states.push(packet.checksum);
    send(packet, path, protocol);
  };
  const socket = udp.open();
  socket.send('short', 7, '10.0.0.2');
  socket.send(new Uint8Array(1472), 7, '10.0.0.2');
  socket.send(new Uint8Array(1473), 7, '10.0.0.2');
  t.deepEqual(states, [ChecksumState.Partial, ChecksumState.Partial, ChecksumState.Plain]);
});

// @rfc 1122 S4.1.3.4-2
// @rfc 6864 S5.2-2
test('20 000 damaged datagrams throw nothing, leak nothing, and each is counted', (t) => {
  const segment = new Segment();
  const [a, b] = [segment.station('10.0.0.1'), segment.station('10.0.0.2')];
  const [one, two] = [new Udp(a.host), new Udp(b.host)];
  a.registerLayer(one);
  b.registerLayer(two);
  const client = one.open({ port: 4000 });
  const server = two.open({ port: 7 });
  let heard = 0;
  server.onMessage = () => heard++;
  client.send('a datagram that will be damaged in many ways', 7, '10.0.0.2');
  segment.clock.run();
  const whole = segment.sent[0].bytes;
  segment.stations.shift(); // the sender hears no ICMP
  heard = 0;
  two.counters.received = 0;
  const random = new SeededRandom('damage');
  for (let round = 0; round < 20_000; round++) {
    const bytes = whole.slice(0, random.uint32() % 4 === 0 ? random.uint32() % (whole.length + 1) : whole.length);
    for (let hits = random.uint32() % 4; hits > 0 && bytes.length > 0; hits--)
      bytes[random.uint32() % bytes.length] = random.uint32();
    // Without a checksum the damage itself is seen.
    if (round % 3 === 0) bytes.fill(0, 6, 8);
    b.take(a.address, b.address, bytes);
  }
  const { received, malformed, badChecksum, noPort } = two.counters;
  t.is(received, 20_000);
  t.is(heard + malformed + badChecksum + noPort, 20_000);
  for (const count of [heard, malformed, badChecksum, noPort]) t.true(count > 0);
  t.is(segment.pool.inUse, 0);
});

test('20 000 damaged ICMP quotations throw nothing', (t) => {
  const segment = new Segment();
  const a = segment.station('10.0.0.1');
  const udp = new Udp(a.host);
  a.registerLayer(udp);
  const socket = udp.open({ port: 4000 });
  let told = 0;
  socket.onError = () => told++;
  const random = new SeededRandom('quotes');
  const quoted = Uint8Array.of(4000 >> 8, 4000 & 255, 0, 7, 0, 12, 0, 0);
  for (let round = 0; round < 20_000; round++) {
    const bytes = quoted.slice(0, random.uint32() % 9);
    if (bytes.length > 0 && round % 2 === 0) bytes[random.uint32() % bytes.length] = random.uint32();
    a.tell('port-unreachable', a.address, bytes);
  }
  t.true(told > 0 && told < 20_000);
});

test('a hook sees the datagram in place, and what it puts in may be longer, shorter or part of it', (t) => {
  const pool = new PacketPool({ small: 2, large: 1 });
  const packet = pool.takeWith(Uint8Array.of(0, 9, 0, 7, 0, 0, 0, 0, 1, 2, 3));
  if (packet === null) return t.fail();
  const datagram = new Datagram().at(packet);
  t.is(datagram.sourcePort, 9);
  datagram.destinationPort = 8;
  t.is(datagram.destinationPort, 8);
  datagram.payload = datagram.payload.subarray(1);
  t.deepEqual([...datagram.payload], [2, 3]);
  datagram.payload = Uint8Array.of(5, 6, 7, 8);
  t.deepEqual([...datagram.payload], [5, 6, 7, 8]);
  t.throws(
    () => {
      datagram.payload = new Uint8Array(4000);
    },
    { instanceOf: RangeError },
  );
  t.deepEqual([...datagram.payload], [5, 6, 7, 8]);
  packet.release();
});

test('the table of ports keeps those who share one, and forgets each alone', (t) => {
  interface Holder {
    localPort: number;
    nextOnPort: Holder | null;
  }
  const table = new PortTable<Holder>();
  const make = (localPort: number): Holder => ({ localPort, nextOnPort: null });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 65535 }), { maxLength: 50 }), (ports) => {
      const holders = [...ports, ...ports].map(make);
      for (const each of holders) table.add(each);
      t.is(table.size, holders.length);
      t.is([...table].length, holders.length);
      for (const each of holders) {
        t.true(table.remove(each));
        t.false(table.remove(each));
      }
      for (const port of ports) t.is(table.first(port), null);
    }),
  );
  t.is(table.size, 0);
});

// @rfc 5452 S9.2-1
test('ephemeral ports cover their range, do not follow one another, and the last free one is found', (t) => {
  const random = new SeededRandom(7);
  const ports = new RandomPorts(1024, 65535);
  const drawn = Array.from({ length: 2000 }, () => ports.choose(() => true, random));
  t.true(drawn.every((port) => port >= 1024 && port <= 65535));
  t.true(new Set(drawn.map((port) => port >> 12)).size === 16);
  t.true(drawn.filter((port, i) => i > 0 && port === drawn[i - 1] + 1).length < 5);
  t.is(
    ports.choose((port) => port === 31337, random),
    31337,
  );
  t.is(
    ports.choose(() => false, random),
    0,
  );
});
