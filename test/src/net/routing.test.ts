import { Cidr } from '@netwright/core';
import type { PingResult } from '@netwright/layers';
import test from 'ava';
import { frame, icmpBytes, ip, ipBytes, ipFrame, leftOver, mac, Rig } from '../wire/rig.js';
import { network } from '../wire/two-links.js';

const data = new TextEncoder().encode('through');

test('a router carries packets both ways, one hop shorter of life', async (t) => {
  const { clock, a, b, r, inUse } = await network();
  const result = (await clock.settle(a.icmp.ping('10.1.0.1'))) as PingResult & { ok: true };
  t.deepEqual([result.ok, `${result.from}`, result.hopLimit], [true, '10.1.0.1', 63]);
  a.send('10.1.0.1', data);
  clock.advance(100);
  t.deepEqual(b.texts(), ['through']);
  t.is(r.ipv4.counters.forwarded, 3);
  t.true(r.devices[1].take().some(({ reason }) => reason === 'ipv4.forward'));
  t.is(r.ipv4.counters.badChecksum + b.ipv4.counters.badChecksum, 0, 'the checksum was corrected with the ttl');
  clock.run();
  t.is(inUse(), 0);
});

test('a packet whose life ends in the router is reported: that is how a route is traced', async (t) => {
  const { clock, a, inUse } = await network();
  const hops: string[] = [];
  for (let ttl = 1; ttl <= 2; ttl++) {
    const result = await clock.settle(a.icmp.ping('10.1.0.1', { ttl }));
    hops.push(`${result.ok ? 'reached' : result.why} ${result.from}`);
  }
  t.deepEqual(hops, ['ttl-exceeded 10.0.0.254', 'reached 10.1.0.1']);
  clock.run();
  t.is(inUse(), 0);
});

test('a packet that is too large for the next link and may not be cut lowers the path MTU of its sender', async (t) => {
  const { clock, a, b, r, inUse } = await network({ farMtu: 600 });
  const path = a.path('10.1.0.1');
  a.send(path, new Uint8Array(1000), true);
  clock.advance(20);
  t.is(path.mtu, 600);
  t.deepEqual(a.probe.errors, [{ kind: 'fragmentation-needed', mtu: 600, destination: '10.1.0.1', quoted: 528 }]);
  t.is(r.ipv4.counters.fragmentationNeeded, 1);
  a.send(path, new Uint8Array(580), true);
  clock.advance(20);
  t.deepEqual(
    b.probe.got.map((each) => each.data.length),
    [580],
  );
  clock.run();
  t.is(inUse(), 0);
});

test('a packet that may be cut is cut by the router, and made whole at the end', async (t) => {
  const { clock, a, b, inUse } = await network({ farMtu: 600 });
  const sent = new Uint8Array(4000).map((_, i) => i * 3);
  a.send('10.1.0.1', sent);
  clock.advance(20);
  t.deepEqual(
    b.probe.got.map((each) => each.data),
    [sent],
  );
  t.true(b.ipv4.counters.fragments > 6);
  clock.run();
  t.is(inUse(), 0);
});

test('a router says that there is no route, or nobody at the end of it', async (t) => {
  const { clock, a, r, inUse } = await network();
  const why = async (to: string) => {
    const result = await clock.settle(a.icmp.ping(to, { timeout: 10_000 }));
    return result.ok ? 'reached' : `${result.why} ${result.from}`;
  };
  t.is(await why('192.0.2.1'), 'network-unreachable 10.0.0.254');
  t.is(await why('10.1.0.99'), 'host-unreachable 10.0.0.254');
  t.is(r.ipv4.counters.noRoute, 1);
  t.is(r.ipv4.counters.unreachable, 1);
  clock.run();
  t.is(inUse(), 0);
});

test('a router does not carry martians, broadcasts into a network, or frames for everybody', async (t) => {
  const { clock, a, r, inUse } = await network();
  const give = (source: string, destination: string, to = r.eth0.mac) =>
    r.device.receive(
      frame(to, a.eth0.mac, 0x0800, ipBytes(data, { source: ip(source), destination: ip(destination) })),
    );
  give('127.0.0.1', '10.1.0.1');
  give('10.0.0.1', '10.1.0.255');
  give('10.0.0.1', '10.1.0.1', mac('ff:ff:ff:ff:ff:ff'));
  give('10.0.0.1', '224.0.0.7', mac('01:00:5e:00:00:07'));
  clock.advance(10);
  t.is(r.ipv4.counters.forwarded, 0);
  t.is(r.devices[1].take().length, 0);
  t.is(inUse(), 0);
});

test('a router carries options, but no source routes and no nonsense', async (t) => {
  const { clock, a, r, b, inUse } = await network();
  const give = (...options: number[]) => {
    const fields = { source: ip('10.0.0.1'), destination: ip('10.1.0.1'), options: Uint8Array.from(options) };
    r.device.receive(frame(r.eth0.mac, a.eth0.mac, 0x0800, ipBytes(new Uint8Array(8), fields)));
  };
  give(148, 4, 0, 0);
  give(131, 7, 4, 10, 0, 0, 9, 0);
  give(7, 9, 4, 0);
  clock.advance(10);
  t.deepEqual([r.ipv4.counters.forwarded, r.ipv4.counters.sourceRouted, r.ipv4.counters.badOptions], [1, 1, 1]);
  t.is(b.probe.got.length, 1);
  t.deepEqual(
    a.probe.errors.map(({ kind }) => kind),
    ['parameter-problem'],
  );
  t.is(inUse(), 0);
});

// @rfc 1122 S3.1-3 S3.1-4 S3.2.2.2-1
test('a host without forwarding carries nothing', async (t) => {
  const rig = await Rig.start({ addresses: [['10.0.0.1/24'], ['10.1.0.1/24']] });
  rig.device.receive(ipFrame(rig, data, { destination: ip('10.1.0.7') }));
  t.is(rig.ipv4.counters.notForUs, 1);
  t.deepEqual(
    rig.devices.map((each) => each.take().length),
    [0, 0],
  );
});

test('an interface is reached by each of the addresses of the host (the weak model of RFC 1122 section 3.3.4.2)', async (t) => {
  const rig = await Rig.start({ addresses: [['10.0.0.1/24'], ['10.1.0.1/24']] });
  rig.device.receive(ipFrame(rig, data, { destination: ip('10.1.0.1') }));
  t.deepEqual(rig.texts(), ['through']);
});

test('a neighbour that fails in the middle of a conversation is found again when it comes back', async (t) => {
  const { clock, a, b, r, inUse } = await network();
  const path = a.path('10.1.0.1');
  a.send(path, 'before');
  clock.advance(10);
  a.device.peer = null;
  clock.advance(31_000);
  a.send(path, 'into the dark');
  clock.advance(10_000);
  a.send(path, 'still dark');
  clock.advance(10_000);
  t.deepEqual(
    a.probe.errors.map(({ kind }) => kind),
    ['host-unreachable'],
  );
  a.device.peer = r.devices[0];
  a.send(path, 'after');
  clock.advance(10);
  t.deepEqual(b.texts(), ['before', 'after']);
  clock.run();
  t.is(inUse(), 0);
});

test('two stacks in one process with the same addresses have nothing in common', async (t) => {
  const [one, two] = [await network(), await network()];
  one.a.send('10.1.0.1', 'one');
  two.a.send('10.1.0.1', 'two');
  one.a.ipv4.addAddress(Cidr.parse('10.9.0.1/24') as Cidr, one.a.eth0);
  one.clock.advance(10);
  t.deepEqual([one.b.texts(), two.b.texts()], [['one'], []]);
  t.is(two.a.ipv4.path(ip('10.9.0.2')) === 'ENETUNREACH', false, 'it goes by the default route');
  t.is(two.a.arp.entries().length, 1);
  two.clock.advance(10);
  t.deepEqual(two.b.texts(), ['two']);
  t.true(two.a.path('10.9.0.2').source.equals(ip('10.0.0.1')));
  t.true(one.a.path('10.9.0.2').source.equals(ip('10.9.0.1')));
});

test('an error about a forwarded packet that is itself an error is not sent', async (t) => {
  const { clock, a, r } = await network();
  const about = icmpBytes(11, 0, 0, ipBytes(data));
  const dying = ipBytes(about, { source: ip('10.0.0.1'), destination: ip('10.1.0.1'), protocol: 1, ttl: 1 });
  r.device.receive(frame(r.eth0.mac, a.eth0.mac, 0x0800, dying));
  clock.advance(10);
  t.is(r.ipv4.counters.ttlExceeded, 1);
  t.is(r.icmp.counters.errorsForbidden, 1);
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
