import { IpAddress, Layer, layer, override, type Packet, reason, Scope, type Verdict } from '@netwright/core';
import {
  type Datagram,
  IP_TTL,
  type NetworkError,
  UDP_PORTS,
  Udp,
  UdpApplication,
  type UdpOptions,
  type UdpOrigin,
} from '@netwright/layers';
import test from 'ava';
import { Segment, type Wire } from './wire.js';

const ip = (text: string) => IpAddress.parse(text) as IpAddress;
const text = (data: Uint8Array | undefined) => (data === undefined ? undefined : new TextDecoder().decode(data));

function put(wire: Wire, options: UdpOptions = {}): Udp {
  const udp = new Udp(wire.host, options);
  wire.registerLayer(udp);
  return udp;
}

function pair(options: UdpOptions = {}) {
  const segment = new Segment();
  const [a, b] = [segment.station('10.0.0.1'), segment.station('10.0.0.2')];
  return { segment, a, b, one: put(a, options), two: put(b, options) };
}

// @rfc 1122 S4.1.3.5-1
// @rfc 768 R6 R7
test('a datagram goes there and its answer comes back, from the port it was sent to', (t) => {
  const { segment, one, two } = pair();
  const server = two.open({ port: 7 });
  server.onMessage = (data, from) => server.send(data.slice(), from.port, from.address, from.to);
  const client = one.open();
  client.connect(7, '10.0.0.2');
  client.send('hello');
  segment.clock.run();
  const answer = client.poll();
  t.is(text(answer?.data), 'hello');
  t.is(`${answer?.from.address} ${answer?.from.port} ${answer?.from.to}`, '10.0.0.2 7 10.0.0.1');
  t.is(segment.pool.inUse, 0);
});

test('a datagram of 65507 bytes goes, one of 65508 is refused with a code', (t) => {
  const { segment, one, two } = pair();
  const server = two.open({ port: 7 });
  const client = one.open();
  const large = new Uint8Array(65507).fill(7);
  t.is(client.send(large, 7, '10.0.0.2'), 'sent');
  t.throws(() => client.send(new Uint8Array(65508), 7, '10.0.0.2'), { code: 'EMSGSIZE' });
  segment.clock.run();
  t.deepEqual(server.poll()?.data, large);
  t.false(segment.sent[0].dontFragment);
});

test('whoever awaits a datagram gets it, and is told when the socket is closed instead', async (t) => {
  const { segment, one, two } = pair();
  const server = two.open({ port: 7 });
  const next = server.receive();
  one.open().send('for you', 7, '10.0.0.2');
  t.is(text((await segment.clock.settle(next)).data), 'for you');
  const never = server.receive();
  server.close();
  await t.throwsAsync(never, { code: 'EBADF' });
  await t.throwsAsync(server.receive(), { code: 'EBADF' });
  t.throws(() => server.send('x', 1, '10.0.0.1'), { code: 'EBADF' });
});

test('what waits for the program is bounded, empty datagrams too', (t) => {
  const { segment, one, two } = pair();
  const server = two.open({ port: 7, receiveBuffer: 1280 });
  const client = one.open();
  for (let i = 0; i < 20; i++) client.send('', 7, '10.0.0.2');
  segment.clock.run();
  let kept = 0;
  while (server.poll() !== undefined) kept++;
  t.is(kept, 10);
  t.is(two.counters.queueFull, 10);
});

// @rfc 1122 S4.1.3.1-1
test('a port that nobody has is reported to the sender, both ways', async (t) => {
  const { segment, a, b, one, two } = pair();
  const client = one.open();
  client.connect(9, '10.0.0.2');
  const told: string[] = [];
  client.onError = (error, to) => told.push(`${error.code} ${to.address} ${to.port}`);
  const waiting = client.receive();
  client.send('anybody?');
  await t.throwsAsync(segment.clock.settle(waiting), { code: 'ECONNREFUSED' });
  t.deepEqual(told, ['ECONNREFUSED 10.0.0.2 9']);
  t.deepEqual(b.rejections, ['port-unreachable 10.0.0.1']);
  t.is(two.counters.noPort, 1);

  const other = two.open();
  other.onError = (error) => told.push(error.code);
  other.send('and there?', 9, '10.0.0.1');
  segment.clock.run();
  t.deepEqual(a.rejections, ['port-unreachable 10.0.0.2']);
  t.is(told.length, 2);
  t.is(segment.pool.inUse, 0);
});

// @rfc 1122 S3.2.2.1-3 S4.1.3.3-1
// @rfc 6633 S5-1
test('ICMP errors reach the socket that sent, with the code that fits, and nobody else', (t) => {
  const { segment, a, one } = pair();
  const [mine, others, unconnected] = [
    one.open({ port: 5000, reuse: true }),
    one.open({ port: 5000, reuse: true }),
    one.open({ port: 5001 }),
  ];
  mine.connect(7, '10.0.0.2');
  others.connect(7, '10.0.0.3');
  const told: string[] = [];
  for (const [name, socket] of Object.entries({ mine, others, unconnected }))
    socket.onError = (error) => told.push(`${name} ${error.code}`);
  const quote = (port: number) => Uint8Array.of(port >> 8, port & 255, 0, 7, 0, 12, 0, 0);
  const kinds: NetworkError['kind'][] = [
    'network-unreachable',
    'host-unreachable',
    'ttl-exceeded',
    'fragmentation-needed',
    'source-quench',
  ];
  for (const kind of kinds) a.tell(kind, ip('10.0.0.2'), quote(5000));
  a.tell('port-unreachable', ip('10.0.0.9'), quote(5001));
  a.tell('port-unreachable', ip('10.0.0.9'), quote(5002));
  t.deepEqual(told, [
    'mine ENETUNREACH',
    'mine EHOSTUNREACH',
    'mine EHOSTUNREACH',
    'mine EMSGSIZE',
    'unconnected ECONNREFUSED',
  ]);
  t.is(segment.sent.length, 0);
});

test('a port in use is in use, for its address or for all, and free again after close', (t) => {
  const { one } = pair();
  t.true(one.isPortFree(7));
  const first = one.open({ port: 7 });
  t.false(one.isPortFree(7));
  t.false(one.isPortFree(7, '10.0.0.1'));
  t.true(one.isPortFree(8));
  t.throws(() => one.open({ port: 7 }), { code: 'EADDRINUSE' });
  t.throws(() => one.open({ port: 7, address: '10.0.0.1' }), { code: 'EADDRINUSE' });
  first.close();
  t.true(one.isPortFree(7));
  const bound = one.open({ port: 7, address: '10.0.0.1' });
  t.throws(() => one.open({ port: 7 }), { code: 'EADDRINUSE' });
  bound.close();
  const shared = one.open({ port: 7, reuse: true });
  t.notThrows(() => one.open({ port: 7, reuse: true }).close());
  t.throws(() => one.open({ port: 7 }), { code: 'EADDRINUSE' });
  shared.close();
  t.is(one.openSockets, 0);
});

test('when every ephemeral port is taken, opening says so with a code', (t) => {
  const { one } = pair({ firstPort: 50000, lastPort: 50009 });
  const sockets = Array.from({ length: 10 }, () => one.open());
  t.is(new Set(sockets.map((each) => each.localPort)).size, 10);
  t.throws(() => one.open(), { code: 'EADDRNOTAVAIL' });
  sockets[3].close();
  t.is(one.open().localPort, sockets[3].localPort);
});

test('misuse is refused with codes', (t) => {
  const { one } = pair({ maxSockets: 2 });
  const socket = one.open();
  t.throws(() => socket.send('x'), { code: 'ENOTCONN' });
  t.throws(() => socket.send('x', 70000, '10.0.0.2'), { code: 'EINVAL' });
  t.throws(() => socket.send('x', 7, 'a-name'), { code: 'EINVAL' });
  t.throws(() => socket.connect(7, '192.168.9.9'), { code: 'ENETUNREACH' });
  t.throws(() => socket.connect(7, 'fe80::1'), { code: 'EAFNOSUPPORT' });
  t.throws(() => one.open({ address: '10.0.0.77' }), { code: 'EADDRNOTAVAIL' });
  t.throws(() => one.open({ address: '::' }), { code: 'EAFNOSUPPORT' });
  t.throws(() => one.open({ port: -1 }), { code: 'EINVAL' });
  socket.connect(7, '10.0.0.2');
  t.throws(() => socket.connect(8, '10.0.0.2'), { code: 'EISCONN' });
  one.open();
  t.throws(() => one.open(), { code: 'ENOBUFS' });
  t.is(socket.send('x', 7, '192.168.9.9'), 'ENETUNREACH');
  t.is(one.counters.unsent, 1);
});

// @rfc 1122 S3.3.4.2-2 S4.1.3.5-2
test('the socket that has bound most of the two ends gets the datagram', (t) => {
  const { segment, one, two } = pair();
  const client = one.open({ port: 1111 });
  const all = two.open({ port: 7, reuse: true });
  const bound = two.open({ port: 7, address: '10.0.0.2', reuse: true });
  const connected = two.open({ port: 7, reuse: true });
  connected.connect(1111, '10.0.0.1');
  const heard: string[] = [];
  for (const [name, socket] of Object.entries({ all, bound, connected })) socket.onMessage = () => heard.push(name);
  const send = () => {
    client.send('x', 7, '10.0.0.2');
    segment.clock.run();
  };
  send();
  connected.close();
  send();
  bound.close();
  send();
  t.deepEqual(heard, ['connected', 'bound', 'all']);
});

test('a connected socket hears its peer alone', (t) => {
  const { segment, one, two } = pair();
  const client = one.open({ port: 1111 });
  client.connect(7, '10.0.0.2');
  two.open({ port: 8 }).send('wrong port', 1111, '10.0.0.1');
  two.open({ port: 7 }).send('right', 1111, '10.0.0.1');
  segment.clock.run();
  t.is(text(client.poll()?.data), 'right');
  t.is(client.poll(), undefined);
});

test('everybody hears a broadcast, and only who asked may send one', (t) => {
  const { segment, one, two } = pair();
  const hearers = [two.open({ port: 67, reuse: true }), two.open({ port: 67, reuse: true })];
  t.throws(() => one.open().send('x', 67, '10.0.0.255'), { code: 'EACCES' });
  t.throws(() => one.open().send('x', 67, IpAddress.broadcast), { code: 'EACCES' });
  const sender = one.open({ broadcast: true });
  sender.send('all of you', 67, '10.0.0.255');
  sender.send('nobody there', 68, '10.0.0.255');
  segment.clock.run();
  t.deepEqual(
    hearers.map((each) => text(each.poll()?.data)),
    ['all of you', 'all of you'],
  );
  t.deepEqual(segment.stations[1].rejections, []);
  t.is(two.counters.noPort, 1);
  t.is(segment.pool.inUse, 0);
});

// @rfc 768 R5
test('a datagram without a checksum is taken, unless the stack requires one', (t) => {
  const { segment, one, two } = pair({ checksum: false });
  const strict = segment.station('10.0.0.3');
  const three = put(strict, { requireChecksum: true });
  const [lax, careful] = [two.open({ port: 7 }), three.open({ port: 7 })];
  const client = one.open();
  client.send('unsummed', 7, '10.0.0.2');
  client.send('unsummed', 7, '10.0.0.3');
  segment.clock.run();
  t.deepEqual([...segment.sent[0].bytes.slice(6, 8)], [0, 0]);
  t.is(text(lax.poll()?.data), 'unsummed');
  t.is(careful.poll(), undefined);
  t.is(three.counters.noChecksum, 1);
});

// @rfc 1122 S4.1.4-1 S3.2.1.7-3
test('TTL and source port are overridden for one socket alone', (t) => {
  const { segment, one } = pair();
  const own = one.open({
    overrides: [override(IP_TTL, { value: { ttl: () => 3 } }), override(UDP_PORTS, { value: { choose: () => 4242 } })],
  });
  const plain = one.open();
  t.is(own.localPort, 4242);
  t.throws(() => one.open({ overrides: [override(UDP_PORTS, { value: { choose: () => 4242 } })] }), {
    code: 'EADDRINUSE',
  });
  t.not(plain.localPort, 4242);
  own.send('x', 7, '10.0.0.2');
  plain.send('x', 7, '10.0.0.2');
  t.deepEqual(
    segment.sent.map((each) => each.ttl),
    [3, null],
  );
});

test('a socket asks the container when it is opened, and never for a datagram', (t) => {
  const { segment, one, two } = pair();
  const own = one.open({ overrides: [override(IP_TTL, { value: { ttl: () => 3 } })] });
  const server = two.open({ port: 7 });
  let heard = 0;
  server.onMessage = () => heard++;
  const before = Scope.lookups;
  for (let i = 0; i < 100; i++) own.send('x', 7, '10.0.0.2');
  segment.clock.run();
  t.is(heard, 100);
  t.is(Scope.lookups, before);
});

test('a socket sends to many and asks for few paths', (t) => {
  const { segment, a, one } = pair();
  let asked = 0;
  const path = a.path.bind(a);
  a.path = (destination, options) => {
    asked++;
    return path(destination, options);
  };
  const socket = one.open();
  for (let round = 0; round < 10; round++) for (let host = 2; host < 10; host++) socket.send('x', 7, `10.0.0.${host}`);
  t.is(asked, 8);
  for (let host = 2; host < 250; host++) socket.send('x', 7, `10.0.0.${host}`);
  t.true(asked > 100);
  t.is(segment.sent.length, 80 + 248);
});

test('a program that throws on a datagram does not stop the stack', (t) => {
  const { segment, one, two } = pair();
  const faults: unknown[] = [];
  two.host.fault = (error) => faults.push(error);
  const server = two.open({ port: 7 });
  server.onMessage = () => {
    throw new Error('oh');
  };
  const client = one.open();
  client.send('1', 7, '10.0.0.2');
  client.send('2', 7, '10.0.0.2');
  segment.clock.run();
  t.is(faults.length, 2);
  t.is(segment.pool.inUse, 0);
});

const SHOUT = reason('shout.answer');

/** A third party's layer: it answers in capitals. */
class Shout extends Layer {
  private udp!: Udp;
  override attached(lower: Layer): void {
    this.udp = lower as Udp;
  }
  override receive(packet: Packet): void {
    const path = this.udp.pathBack(packet);
    const answer = this.udp.host.pool.takeWith(packet.toBytes().map((byte) => byte & 0xdf));
    const port = packet.view.getUint16(packet.transport);
    packet.release();
    if (answer === null || typeof path === 'string') return;
    answer.reason = SHOUT;
    this.udp.send(answer, path, 9999, port);
  }
}
layer({ name: 'shout', over: [{ layer: 'udp', key: 9999 }] })(Shout);

test("a third party's layer over UDP gets the datagrams of its port and answers them", (t) => {
  const { segment, one, two } = pair();
  two.registerLayer(new Shout());
  t.false(two.isPortFree(9999));
  t.throws(() => two.open({ port: 9999 }), { code: 'EADDRINUSE' });
  one.open({ port: 9999 });
  t.throws(() => one.registerLayer(new Shout()), { code: 'EADDRINUSE' });
  const client = one.open();
  client.connect(9999, '10.0.0.2');
  client.send('hello');
  segment.clock.run();
  t.is(text(client.poll()?.data), 'HELLO');
  t.deepEqual(
    segment.sent.map((each) => each.reason),
    ['udp.datagram', 'shout.answer'],
  );
  t.is(segment.pool.inUse, 0);
});

test('a stack that stops closes every socket', async (t) => {
  const { one } = pair();
  const socket = one.open({ port: 7 });
  const waiting = socket.receive();
  one.stop();
  await t.throwsAsync(waiting, { code: 'EBADF' });
  t.is(one.openSockets, 0);
});

// Applications

function applications() {
  const stage = pair();
  const [server, client] = [new UdpApplication(), new UdpApplication()];
  stage.two.registerLayer(server);
  stage.one.registerLayer(client);
  return { ...stage, server, client };
}

test('an application binds, another connects, and each datagram is fetched whole', async (t) => {
  const { segment, server, client } = applications();
  server.bind(7777);
  await client.connect('10.0.0.2', 7777);
  client.sendPacket('first datagram');
  client.sendPacket('second');
  segment.clock.run();
  t.is(text(server.fetchData()), 'first datagram');
  t.is(text(server.fetchData()), 'second');
  t.is(server.fetchData(), undefined);
});

test('fetchDataFrom names the peer, not the application itself', async (t) => {
  const { segment, server, client } = applications();
  server.bind(7777);
  await client.connect('10.0.0.2', 7777);
  client.sendPacket('who am I');
  segment.clock.run();
  const got = server.fetchDataFrom();
  t.is(`${got?.from.address} ${got?.from.port}`, `10.0.0.1 ${client.localPort}`);
  t.true(client.localPort > 0);
  if (got === undefined) return;
  server.sendPacket('you', got.from);
  segment.clock.run();
  t.is(text(client.fetchData()), 'you');
});

test('an application says what it cannot do, with codes', async (t) => {
  const { client, server } = applications();
  await t.throwsAsync(client.connect('a-name.example', 7), { code: 'ENORESOLVER' });
  t.throws(() => client.sendPacket('x'), { code: 'ENOTCONN' });
  await t.throwsAsync(client.connect('192.168.9.9', 7), { code: 'ENETUNREACH' });
  t.throws(() => new UdpApplication().bind(7), { code: 'EINVAL' });
  server.bind(7);
  t.throws(() => server.bind(8), { code: 'EISCONN' });
  server.close();
  t.notThrows(() => server.bind(8));
});

test('an application may have datagrams as they come, and is told of its connection and of refusals', async (t) => {
  const { segment, one, two } = pair();
  const log: string[] = [];
  class Talker extends UdpApplication {
    override connectionMade() {
      log.push(`made ${this.peer?.address} ${this.peer?.port}`);
    }
    override packetReceived(data: Uint8Array, from: UdpOrigin) {
      log.push(`${text(data)} from ${from.address}`);
    }
    override errorReceived(error: Error & { code: string }) {
      log.push(error.code);
    }
  }
  const talker = new Talker();
  one.registerLayer(talker);
  await talker.connect('10.0.0.2', 7);
  talker.sendPacket('x');
  segment.clock.run();
  two.open({ port: 7 }).send('hi', talker.localPort, '10.0.0.1');
  segment.clock.run();
  t.deepEqual(log, ['made 10.0.0.2 7', 'ECONNREFUSED', 'hi from 10.0.0.2']);
});

test('hooks read, change, drop, delay and inject, in both directions', async (t) => {
  const { segment, one, two } = pair();
  class Hooked extends UdpApplication {
    readonly saw: string[] = [];
    override hookOutgoing(datagram: Datagram): Verdict {
      const said = text(datagram.payload);
      this.saw.push(`out ${said} to ${datagram.destination} ${datagram.destinationPort}`);
      if (said === 'drop') return 'drop';
      if (said === 'delay') return { delay: 50 };
      if (said === 'inject') this.injectOutgoing('injected');
      if (said === 'change') datagram.payload = new TextEncoder().encode('something longer');
      return 'pass';
    }
    override hookIncoming(datagram: Datagram): Verdict {
      const said = text(datagram.payload);
      this.saw.push(`in ${said} from ${datagram.source}`);
      if (said === 'change me') datagram.payload = new TextEncoder().encode('changed');
      if (said === 'inject')
        this.injectIncoming(Uint8Array.of(33), { address: datagram.source, port: 1, to: ip('10.0.0.1') });
      return said === 'drop' ? 'drop' : 'pass';
    }
  }
  const hooked = new Hooked();
  one.registerLayer(hooked);
  const server = two.open({ port: 7 });
  await hooked.connect('10.0.0.2', 7);
  for (const each of ['drop', 'delay', 'inject', 'change', 'plain']) hooked.sendPacket(each);
  segment.clock.run();
  const arrived: (string | undefined)[] = [];
  for (let got = server.poll(); got !== undefined; got = server.poll()) arrived.push(text(got.data));
  t.deepEqual(arrived, ['injected', 'inject', 'something longer', 'plain', 'delay']);
  t.is(segment.clock.now(), 51);
  t.is(hooked.saw.length, 5);
  t.is(hooked.saw[0], 'out drop to 10.0.0.2 7');
  t.is(two.counters.badChecksum, 0);

  for (const each of ['drop', 'change me', 'inject']) server.send(each, hooked.localPort, '10.0.0.1');
  segment.clock.run();
  t.is(text(hooked.fetchData()), 'changed');
  t.is(text(hooked.fetchData()), '!');
  t.is(text(hooked.fetchData()), 'inject');
  t.is(hooked.fetchData(), undefined);
  t.is(segment.pool.inUse, 0);
});

test('what a hook delays is let go of when the socket closes, and too much of it is dropped', (t) => {
  const { segment, one } = pair();
  const socket = one.open();
  socket.hook(null, () => ({ delay: 1000 }));
  for (let i = 0; i < 300; i++) socket.send('later', 7, '10.0.0.2');
  t.is(segment.pool.inUse, 256);
  t.is(socket.outgoing?.overflowed, 44);
  socket.close();
  t.is(segment.pool.inUse, 0);
  segment.clock.run();
  t.is(segment.sent.length, 0);
});

test('a hook may send a datagram elsewhere', (t) => {
  const { segment, one, two } = pair();
  const server = two.open({ port: 8 });
  const socket = one.open();
  socket.hook(null, (packet) => {
    packet.view.setUint16(packet.start + 2, 8);
    ip('10.0.0.2').write(packet.view, packet.destinationAt);
    return 'pass';
  });
  socket.send('x', 7, '10.0.0.3');
  segment.clock.run();
  t.is(text(server.poll()?.data), 'x');
});
