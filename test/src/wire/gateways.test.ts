import { Cidr, MacAddress, VirtualClock } from '@netwright/core';
import { Udp } from '@netwright/layers';
import test from 'ava';
import { frame, icmpBytes, ip, ipBytes, leftOver, mac, Rig, type RigOptions } from './rig.js';

const data = new TextEncoder().encode('sixteen bytes of');
const [G1, G2, G3] = ['10.0.0.251', '10.0.0.252', '10.0.0.253'];
const macOf = (gateway: string) => mac(`02:00:00:00:00:${Number(gateway.slice(-3)).toString(16)}`);

/** A host with two default gateways that are known, and one more on the link. */
async function host(options: RigOptions['ipv4'] = {}, known = [G1, G2, G3]): Promise<Rig> {
  const rig = await Rig.start({ ipv4: { gateway: G1, gateways: [G2], ...options } });
  for (const each of known) rig.arp.set(ip(each), macOf(each), rig.eth0);
  return rig;
}

/** Gives the rig a redirect for a packet that it might have sent. */
function redirect(
  rig: Rig,
  from: string,
  target: string,
  options: { to?: string; code?: number; source?: string } = {},
) {
  const quoted = ipBytes(data, {
    source: ip(options.source ?? '10.0.0.1'),
    destination: ip(options.to ?? '192.0.2.1'),
  });
  const message = icmpBytes(5, options.code ?? 1, ip(target).d >>> 0, quoted);
  rig.device.receive(frame(rig.eth0.mac, macOf(from), 0x0800, ipBytes(message, { protocol: 1, source: ip(from) })));
}

/** The gateways that the packets sent so far have gone to. */
function taken(rig: Rig): string[] {
  return rig.device
    .take()
    .filter(({ bytes }) => bytes[12] === 8 && bytes[13] === 0)
    .map(({ bytes }) => `10.0.0.${MacAddress.read(new DataView(bytes.buffer), 0).low & 0xff}`);
}

// @rfc 1122 S3.2.2.2-2
// @rfc 792 R10
test('a redirect, for a host or for a network, sends packets to that one destination by the better gateway', async (t) => {
  const rig = await host();
  const path = rig.path('192.0.2.1');
  rig.send(path);
  for (const code of [0, 1, 2, 3]) {
    redirect(rig, code % 2 === 0 ? G1 : G3, code % 2 === 0 ? G3 : G1, { code });
    rig.send(path);
  }
  rig.send('192.0.2.2');
  t.deepEqual(taken(rig), [G1, G3, G1, G3, G1, G1]);
  t.deepEqual([rig.icmp.counters.redirects, rig.icmp.counters.redirectsRefused], [4, 0]);
  t.is(rig.probe.errors.length, 0, 'no error for a transport');
  redirect(rig, G1, '192.0.2.1');
  t.is(rig.icmp.counters.redirectsRefused, 1, 'the destination is not on the link');
});

// @rfc 1122 S3.2.2.2-3
test('a redirect is not believed unless it comes from the gateway in use, about a packet of ours, to a neighbour on the link', async (t) => {
  const rig = await host();
  redirect(rig, G2, G3);
  redirect(rig, G1, '10.7.0.1');
  redirect(rig, G1, '10.0.0.1');
  redirect(rig, G1, '10.0.0.255');
  redirect(rig, G1, G1);
  redirect(rig, G1, G3, { source: '10.0.0.77' });
  redirect(rig, G1, G3, { to: '10.0.0.9' });
  redirect(rig, G1, G3, { code: 4 });
  Object.assign(rig.probe, { recognizes: () => false });
  redirect(rig, G1, G3);
  t.is(rig.icmp.counters.redirectsRefused, 9);
  rig.send('192.0.2.1');
  t.deepEqual(taken(rig), [G1]);
});

test('redirects are ignored where the setting says so, and always by a router', async (t) => {
  for (const options of [{ redirects: false }, { forwarding: true }]) {
    const rig = await host(options);
    redirect(rig, G1, G3);
    rig.send('192.0.2.1');
    t.deepEqual(taken(rig), [G1]);
  }
});

test('what is remembered of redirects is bounded: the oldest goes', async (t) => {
  const rig = await host({ redirected: 2 });
  for (const to of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) redirect(rig, G1, G3, { to });
  for (const to of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) rig.send(to);
  t.deepEqual(taken(rig), [G1, G3, G3]);
});

// @rfc 1122 S3.3.1.2-2 S3.3.1.5-1
test('when the default gateway does not answer another one is taken, for the packets that waited too', async (t) => {
  const rig = await host({}, [G2]);
  const path = rig.path('192.0.2.1');
  rig.send(path, 'one');
  rig.send(path, 'two');
  t.deepEqual(taken(rig), []);
  rig.clock.advance(4000);
  t.deepEqual(taken(rig), [G2, G2]);
  rig.send(path, 'three');
  rig.send('198.51.100.1');
  t.deepEqual(taken(rig), [G2, G2], 'and by everything that follows');
  t.deepEqual([rig.ipv4.counters.detoured, rig.ipv4.counters.unreachable], [2, 0]);
});

// @rfc 1122 S3.3.1.4-1
test('a gateway that falls silent is found out while it is used, and left', async (t) => {
  const clock = new VirtualClock();
  const rig = await Rig.start({ clock, ipv4: { gateway: G1, gateways: [G2] } });
  const answer = (gateway: string) => {
    const bytes = new Uint8Array(28);
    bytes.set([0, 1, 8, 0, 6, 4, 0, 2]);
    const view = new DataView(bytes.buffer);
    macOf(gateway).write(view, 8);
    ip(gateway).write(view, 14);
    rig.eth0.mac.write(view, 18);
    ip('10.0.0.1').write(view, 24);
    rig.device.receive(frame(rig.eth0.mac, macOf(gateway), 0x0806, bytes));
  };
  const path = rig.path('192.0.2.1');
  rig.send(path);
  answer(G1);
  t.deepEqual(taken(rig), [G1]);
  clock.advance(31_000);
  rig.send(path);
  clock.advance(9000);
  t.deepEqual(taken(rig), [G1], 'it was polled three times, and did not answer');
  rig.arp.set(ip(G2), macOf(G2), rig.eth0);
  rig.send(path);
  t.deepEqual(taken(rig), [G2]);
});

test('where no gateway answers, the transport is told once each has been tried', async (t) => {
  const rig = await host({}, []);
  rig.send('192.0.2.1', data);
  rig.clock.advance(7000);
  t.deepEqual(
    rig.probe.errors.map(({ kind }) => kind),
    ['host-unreachable'],
  );
  t.is(rig.ipv4.counters.detoured, 1);
  rig.clock.advance(20_000);
  rig.arp.set(ip(G1), macOf(G1), rig.eth0);
  rig.send('192.0.2.1', data);
  rig.clock.advance(4000);
  rig.send('192.0.2.1', data);
  t.true(taken(rig).length > 0, 'and tried again later');
});

test('a better gateway that does not answer is forgotten: packets go to the default one again', async (t) => {
  const rig = await host({}, [G1]);
  redirect(rig, G1, G3);
  rig.send('192.0.2.1', data);
  rig.clock.advance(4000);
  t.deepEqual(taken(rig), [G1]);
  t.is(rig.ipv4.routes.list().length, 3);
});

test('of two routes to a network the one of higher metric is taken when the gateway of the other one fails', async (t) => {
  const routes = [
    { to: '192.0.2.0/24', via: G1, metric: 1 },
    { to: '192.0.2.0/24', via: G2, metric: 5 },
  ];
  const rig = await Rig.start({ ipv4: { routes } });
  const udp = new Udp(rig.host);
  rig.ipv4.registerLayer(udp);
  rig.arp.set(ip(G2), macOf(G2), rig.eth0);
  const socket = udp.open();
  socket.send('x', 7, '192.0.2.9');
  rig.clock.advance(4000);
  t.deepEqual(taken(rig), [G2]);
  t.is(rig.ipv4.routes.lookup(ip('192.0.2.9'))?.to.prefix, (Cidr.parse('192.0.2.0/24') as Cidr).prefix);
  socket.close();
});

// @rfc 1122 S3.3.1.3-1
test('a route may be for one type of service alone, and a socket that changes its service changes the way', async (t) => {
  const rig = await host({ routes: [{ to: '0.0.0.0/0', via: G3, metric: 9, trafficClass: 0xb8 }] });
  const udp = new Udp(rig.host);
  rig.ipv4.registerLayer(udp);
  const socket = udp.open();
  for (const each of [0, 0xb8, 0xb9, 0x20]) {
    socket.trafficClass = each;
    socket.send('x', 7, '192.0.2.9');
  }
  t.deepEqual(taken(rig), [G1, G3, G3, G1]);
  socket.close();
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
