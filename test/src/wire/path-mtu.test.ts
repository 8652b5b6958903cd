import { Udp } from '@netwright/layers';
import test from 'ava';
import { error, ip, ipBytes, leftOver, OURS, PEER, Rig, routed } from './rig.js';

const data = new TextEncoder().encode('0123456789abcdef');

// @rfc 1191 S3-1 S3-4 S3-7 S6.2-1 S6.2-2 S6.3-1 S6.3-3
// @rfc 4821 S8-1
// @rfc 1122 S3.3.3-1
test('fragmentation needed lowers the MTU of the path for ten minutes (RFC 1191)', async (t) => {
  const rig = await Rig.start(routed);
  rig.arp.set(ip('10.0.0.254'), PEER.mac, rig.eth0);
  const path = rig.path('192.0.2.1');
  const other = rig.path('192.0.2.2');
  t.is(path.mtu, 1500);
  error(rig, 3, 4, 1400);
  t.deepEqual([path.mtu, other.mtu, rig.path('192.0.2.1').mtu], [1400, 1500, 1400]);
  t.deepEqual(rig.probe.errors, [{ kind: 'fragmentation-needed', mtu: 1400, destination: '192.0.2.1', quoted: 16 }]);
  rig.send(path, new Uint8Array(1381), true);
  t.is(rig.ipv4.counters.cannotFragment, 1);
  rig.device.take();
  rig.send(path, new Uint8Array(1470));
  t.deepEqual(
    rig.device.take().map(({ bytes }) => bytes.length),
    [14 + 1396, 14 + 114],
    'what may be cut is cut to the path',
  );
  error(rig, 3, 4, 1450);
  error(rig, 3, 4, 9000);
  t.is(path.mtu, 1400, 'it can only go down');
  rig.clock.advance(599_999);
  t.is(path.mtu, 1400);
  rig.clock.advance(1);
  t.is(path.mtu, 1500, 'paths change: it is tried again');
  t.is(rig.inUse, 0);
  const sooner = await Rig.start({ ipv4: { gateway: '10.0.0.254', pmtu: { age: 300_000 } } });
  error(sooner, 3, 4, 1400);
  sooner.clock.advance(299_999);
  t.is(sooner.path('192.0.2.1').mtu, 1400);
  sooner.clock.advance(1);
  t.is(sooner.path('192.0.2.1').mtu, 1500);
});

// @rfc 1191 S3-5 S3-6
// @rfc 4821 S4-7 S9-1
test('a socket may send what is never cut, as large as the path is known to take, or as the link (RFC 4821 section 9)', async (t) => {
  const rig = new Rig(routed);
  const udp = new Udp(rig.host);
  rig.ipv4.registerLayer(udp);
  await rig.stack.start();
  rig.arp.set(ip('10.0.0.254'), PEER.mac, rig.eth0);
  error(rig, 3, 4, 1400);
  const socket = udp.open();
  const sent = (size: number) => {
    socket.send(new Uint8Array(size), 7, '192.0.2.1');
    return rig.device.take().map(({ bytes }) => [bytes.length - 14, (bytes[20] & 0x40) !== 0]);
  };
  t.deepEqual(sent(1400), [
    [1396, false],
    [52, false],
  ]);
  socket.sending.set({ whole: 'path' });
  t.throws(() => sent(1373), { code: 'EMSGSIZE' });
  t.deepEqual(sent(1372), [[1400, true]]);
  socket.sending.set({ whole: 'link' });
  t.deepEqual(sent(1472), [[1500, true]]);
  t.throws(() => sent(1473), { code: 'EMSGSIZE' });
  t.is(rig.path('192.0.2.1').mtu, 1400, 'who probes changes nothing for others');
  socket.sending.set({ whole: null });
  t.is(sent(1400).length, 2);
});

// @rfc 1191 S5-1 S5-2
test('a router that names no MTU lowers it to the next plateau; news below the floor stop at 552', async (t) => {
  const rig = await Rig.start(routed);
  const path = rig.path('192.0.2.1');
  // A router of 4.2BSD has added the header to the length: that cannot be seen, and so it is taken off.
  error(rig, 3, 4, 0, ipBytes(data, { ...OURS, totalLength: 1520 }));
  t.is(path.mtu, 1492);
  error(rig, 3, 4, 0, ipBytes(data, { ...OURS, totalLength: 1400 }));
  t.is(path.mtu, 1006, 'a length below the estimate is taken as it is');
  error(rig, 3, 4, 67);
  t.is(path.mtu, 1006, 'no IPv4 link is so small');
  error(rig, 3, 4, 100);
  t.is(path.mtu, 552);
  const low = await Rig.start({ ipv4: { gateway: '10.0.0.254', pmtu: { floor: 68 } } });
  const narrow = low.path('192.0.2.1');
  error(low, 3, 4, 100);
  t.is(narrow.mtu, 100);
});

test('a forged fragmentation needed, about a packet that is not ours, changes nothing', async (t) => {
  const rig = await Rig.start(routed);
  const path = rig.path('192.0.2.1');
  error(rig, 3, 4, 600, ipBytes(data, { ...OURS, source: ip('10.0.0.9') }));
  error(rig, 3, 4, 600, ipBytes(data, { ...OURS, protocol: 77 }));
  t.is(path.mtu, 1500);
  t.is(rig.ipv4.pathMtu.size, 0);
});

test('a transport that does not recognize the quote is not told, and its path MTU stays', async (t) => {
  const rig = await Rig.start(routed);
  const asked: string[] = [];
  Object.assign(rig.probe, {
    recognizes: (each: { kind: string; length: number }) => {
      asked.push(`${each.kind} ${each.length}`);
      return false;
    },
  });
  error(rig, 3, 4, 600);
  t.deepEqual(asked, ['fragmentation-needed 16']);
  t.deepEqual([rig.path('192.0.2.1').mtu, rig.probe.errors.length, rig.icmp.counters.errorsUnfounded], [1500, 0, 1]);
});

test('what is remembered of path MTUs is bounded', async (t) => {
  const rig = await Rig.start({ ipv4: { gateway: '10.0.0.254', pmtu: { destinations: 4 } } });
  for (let i = 1; i < 100; i++) error(rig, 3, 4, 1000, ipBytes(data, { ...OURS, destination: ip(`192.0.2.${i}`) }));
  t.is(rig.ipv4.pathMtu.size, 4);
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
