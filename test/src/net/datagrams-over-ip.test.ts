import { Host, PacketPool, SeededRandom, Stack, VirtualClock } from '@netwright/core';
import {
  Arp,
  Deframer,
  Dns,
  DnsServer,
  decodeMessage,
  Ethernet,
  encodeResponse,
  framed,
  Icmp,
  Ipv4,
  Tcp,
  Udp,
  UdpApplication,
} from '@netwright/layers';
import { Cable, type CableProperties } from '@netwright/plugins';
import test from 'ava';

const text = (data: Uint8Array | undefined) => (data === undefined ? undefined : new TextDecoder().decode(data));

/** Hosts made layer by layer, on one cable. */
function lab(properties: CableProperties = {}) {
  const clock = new VirtualClock();
  const pool = new PacketPool({ small: 1024, large: 32 });
  const random = new SeededRandom('datagrams');
  const cable = new Cable({ clock, random, latency: 1, ...properties });
  const station = async (address: string) => {
    const host = Host.create({ name: address, clock, pool, random: random.fork(address) });
    host.attach(cable.attach(address, pool), { addresses: [`${address}/24`] });
    const [ethernet, arp, ipv4, icmp, udp, tcp] = [
      new Ethernet(host),
      new Arp(host),
      new Ipv4(host),
      new Icmp(host),
      new Udp(host),
      new Tcp(host),
    ];
    ethernet.registerLayer(arp);
    ethernet.registerLayer(ipv4);
    arp.registerLayer(ipv4);
    ipv4.registerLayer(icmp);
    ipv4.registerLayer(udp);
    ipv4.registerLayer(tcp);
    const stack = new Stack(host, [ethernet, arp, ipv4, icmp, udp, tcp]);
    await stack.start();
    return { host, udp, tcp, stack };
  };
  return { clock, pool, station };
}

// @rfc 768 R7 R8
test('a datagram crosses the real layers and is answered', async (t) => {
  const { clock, station } = lab();
  const [one, two] = [await station('10.0.0.1'), await station('10.0.0.2')];
  const server = two.udp.open({ port: 7 });
  server.onMessage = (data, from) => server.send(data, from.port, from.address, from.to);
  const client = one.udp.open();
  client.connect(7, '10.0.0.2');
  client.send('hello');
  clock.advance(100);
  t.is(text(client.poll()?.data), 'hello');
});

// @rfc 1122 S3.3.2-1 S3.3.3-2
// @rfc 791 S3.1-1
test('a datagram of 65507 bytes is cut into fragments and put together again', async (t) => {
  const { clock, station } = lab();
  const [one, two] = [await station('10.0.0.1'), await station('10.0.0.2')];
  const server = two.udp.open({ port: 7 });
  const data = new Uint8Array(65507);
  new SeededRandom('large').fill(data);
  one.udp.open().send('so that ARP is done', 7, '10.0.0.2');
  clock.advance(100);
  one.udp.open().send(data, 7, '10.0.0.2');
  clock.advance(100);
  server.poll();
  t.deepEqual(server.poll()?.data, data);
  t.is(two.udp.counters.badChecksum, 0);
});

// @rfc 1122 S3.2.2.1-1 S4.1.3.1-1
// @rfc 792 R4 R5
test('a closed port is reported by ICMP, both ways', async (t) => {
  const { clock, station } = lab();
  const [one, two] = [await station('10.0.0.1'), await station('10.0.0.2')];
  const told: string[] = [];
  for (const [from, to] of [
    [one, '10.0.0.2'],
    [two, '10.0.0.1'],
  ] as const) {
    const socket = from.udp.open();
    socket.connect(9, to);
    socket.onError = (error) => told.push(error.message);
    socket.send('anybody?');
    clock.advance(100);
  }
  t.is(told.length, 2);
  t.regex(told[0], /^ECONNREFUSED 10\.0\.0\.2 port 9/);
  t.regex(told[1], /^ECONNREFUSED 10\.0\.0\.1 port 9/);
});

test('a host that does not answer ARP is reported as unreachable', async (t) => {
  const { clock, station } = lab();
  const one = await station('10.0.0.1');
  const told: string[] = [];
  const socket = one.udp.open();
  socket.onError = (error) => told.push(error.code);
  socket.send('anybody?', 7, '10.0.0.99');
  clock.advance(10_000);
  t.deepEqual(told, ['EHOSTUNREACH']);
});

test('over a cable that completes checksums, and over one that damages frames, only whole datagrams arrive', async (t) => {
  for (const properties of [{ offload: { checksum: true } }, { from: { '10.0.0.1': { corrupt: 0.2 } } }]) {
    const { clock, pool, station } = lab(properties);
    const [one, two] = [await station('10.0.0.1'), await station('10.0.0.2')];
    const server = two.udp.open({ port: 7 });
    const client = one.udp.open();
    let arrived = 0;
    server.onMessage = (data) => {
      arrived++;
      t.true(data.every((byte) => byte === 42));
    };
    for (let i = 0; i < 200; i++) {
      client.send(new Uint8Array(500).fill(42), 7, '10.0.0.2');
      clock.advance(20);
    }
    clock.advance(60_000);
    t.true('from' in properties ? arrived > 100 && arrived < 200 : arrived === 200, String(arrived));
    await Promise.all([one.stack.stop(), two.stack.stop()]);
    t.is(pool.inUse, 0);
  }
});

test('an application finds its peer by name, on stacks made by hand', async (t) => {
  const { clock, station } = lab();
  const [one, two] = [await station('10.0.0.1'), await station('10.0.0.2')];
  const app = new UdpApplication();
  one.udp.registerLayer(new Dns(one.host, { servers: ['10.0.0.2'] }));
  one.udp.registerLayer(app);
  two.udp.registerLayer(new DnsServer(two.host, { records: [{ name: 'server.lab', data: '10.0.0.2' }] }));
  const server = new UdpApplication();
  two.udp.registerLayer(server);
  server.bind(7777);
  await clock.settle(app.connect('server.lab', 7777));
  app.sendPacket('GET /');
  clock.advance(100);
  const asked = server.fetchDataFrom();
  t.is(text(asked?.data), 'GET /');
  t.is(`${asked?.from.address} ${asked?.from.port}`, `10.0.0.1 ${app.localPort}`);
});

// @rfc 1035 S4.2.2-1
// @rfc 7766 S5-1 S6.2.3-1
test('an answer that does not fit into a datagram is fetched over the real TCP', async (t) => {
  const { clock, station } = lab();
  const [one, two] = [await station('10.0.0.1'), await station('10.0.0.2')];
  const dns = new Dns(one.host, { servers: ['10.0.0.2'] });
  one.udp.registerLayer(dns);
  one.tcp.registerLayer(dns);
  const records = Array.from({ length: 200 }, (_, i) => ({ name: 'many.lab', data: `10.1.0.${i}` }));
  const server = new DnsServer(two.host, { records });
  two.udp.registerLayer(server);
  two.tcp.listen({
    port: 53,
    onConnection: (session) => {
      const deframer = new Deframer();
      return {
        data: (bytes) => {
          for (const each of deframer.push(bytes)) {
            const query = decodeMessage(each);
            if (query !== undefined) session.write(framed(encodeResponse(server.zone.answer(query))));
          }
        },
        end: () => session.close(),
      };
    },
  });
  const addresses = await clock.settle(dns.lookupAll('many.lab', { family: 4 }));
  t.is(addresses.length, 200);
  t.is(dns.counters.overStream, 1);
  clock.advance(2100);
  t.is(two.tcp.connections, 0, 'the connection is over when nothing more has been asked for two seconds');
});
