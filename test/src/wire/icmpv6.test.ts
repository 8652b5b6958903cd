import { type Fields } from '@netwright/core';
import test from 'ava';
import { ip, mac, PROBE } from './rig.js';
import { checksum6, icmp6Packet, introduce6, ip6Bytes, join, PEER6, pair6, Rig6 } from './rig6.js';

const ours = { source: ip('fd00::1'), destination: PEER6.ip };

// @rfc 8200 S8.1-1
// @rfc 4443 S2.2-1 S2.3-1 S4.2-1 S4.2-2 S4.2-4
test('an echo request is answered with its data, from the address that was asked', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  const data = Uint8Array.from([1, 2, 3, 4, 5]);
  rig.receive(icmp6Packet(128, 0, 0x12340001, data));
  const [reply] = rig.takeIcmp();
  t.is(reply.type, 129);
  t.is(reply.rest, 0x12340001);
  t.is(`${reply.seen.header.source}`, 'fd00::1');
  t.deepEqual(reply.seen.body.slice(8), data);
  t.is(checksum6(join(new Uint8Array(8), header(reply.seen.header), reply.seen.body)), 0);
  const damaged = icmp6Packet(128, 0, 1, data);
  damaged[45] ^= 1;
  rig.receive(damaged);
  t.is(rig.takeIcmp().length, 0);
  t.is(rig.icmpv6.counters.badChecksum, 1);
  t.is(rig.inUse, 0);
});

// @rfc 4443 S4.2-3 S4.2-4
test('a question to a group is answered from an address of ours, unless the setting says otherwise', async (t) => {
  for (const echoGroups of [true, false]) {
    const rig = await Rig6.start({ icmpv6: { echoGroups } });
    introduce6(rig);
    rig.receive(icmp6Packet(128, 0, 1, Uint8Array.of(7), { destination: ip('ff02::1') }), mac('33:33:00:00:00:01'));
    const sources = rig.takeIcmp().map(({ seen }) => `${seen.header.source}`);
    t.deepEqual(sources, echoGroups ? ['fd00::1'] : []);
    t.is(rig.icmpv6.counters.echoIgnored, echoGroups ? 0 : 1);
  }
});

// @rfc 4443 S2.4-1
test('an error of a type that is not known reaches the transport that its quote is of', async (t) => {
  const rig = await Rig6.start();
  const quoted = ip6Bytes(new Uint8Array(16), { ...ours, nextHeader: PROBE });
  rig.receive(icmp6Packet(77, 5, 0, quoted));
  t.deepEqual(
    rig.probe.errors.map(({ kind, destination }) => [kind, destination]),
    [['unknown', `${PEER6.ip}`]],
  );
  rig.receive(icmp6Packet(77, 5, 0, ip6Bytes(new Uint8Array(16), { source: ip('fd00::9') })));
  t.is(rig.icmpv6.counters.errorsUnfounded, 1);
});

// @rfc 8200 S8.4-1
test('what came with a routing header is answered without one', async (t) => {
  const rig = await Rig6.start();
  introduce6(rig);
  const message = icmp6Packet(128, 0, 1, Uint8Array.of(7)).slice(40);
  const routing = Uint8Array.of(58, 2, 0, 0, 0, 0, 0, 0, ...new Uint8Array(16).fill(9));
  rig.receive(ip6Bytes(Uint8Array.from([...routing, ...message]), { nextHeader: 43 }));
  const [reply] = rig.takeIcmp();
  t.is(reply.type, 129);
  t.is(reply.seen.header.nextHeader, 58);
});

/** Both addresses as they are in front of a body. */
function header({ source, destination }: { source: typeof PEER6.ip; destination: typeof PEER6.ip }): Uint8Array {
  const bytes = new Uint8Array(32);
  source.write(new DataView(bytes.buffer), 0);
  destination.write(new DataView(bytes.buffer), 16);
  return bytes;
}

// @rfc 4443 S2.2-2 S4.2-1 S4.2-5
test('a ping comes back, small, large and in fragments; nobody answers is an answer, too', async (t) => {
  const [a] = await pair6();
  const results: unknown[] = [];
  for (const size of [0, 56, 5000]) {
    void a.icmpv6.ping('fd00::2', { size, observe: (result) => results.push(result.ok && result.size) });
  }
  a.clock.advance(100);
  t.deepEqual(results, [0, 56, 5000]);
  const silent: Fields[string][] = [];
  void a.icmpv6.ping('fd00::3', { timeout: 9000, observe: (result) => silent.push(result.ok ? 'ok' : result.why) });
  void a.icmpv6.ping('2001:db8::1', { observe: (result) => silent.push(result.ok ? 'ok' : result.why) });
  const large = { size: 2000, dontFragment: true };
  void a.icmpv6.ping('fd00::2', { ...large, observe: (result) => silent.push(result.ok ? 'ok' : result.why) });
  a.clock.advance(9000);
  t.deepEqual(silent, ['ENETUNREACH', 'fragmentation-needed', 'host-unreachable']);
  t.throws(() => a.icmpv6.ping('nobody'), { code: 'EINVAL' });
  t.throws(() => a.icmpv6.ping('fd00::2', { size: 70_000 }), { code: 'EMSGSIZE' });
  t.is(a.inUse, 0);
});

// @rfc 4443 S2.4-4 S3.1-3 S3.2-1 S3.3-1 S3.4-2
test('errors are passed to the transport whose packet they quote', async (t) => {
  const rig = await Rig6.start();
  const quote = ip6Bytes(new Uint8Array(16), ours);
  const cases: [number, number, string][] = [
    [1, 0, 'network-unreachable'],
    [1, 1, 'prohibited'],
    [1, 3, 'host-unreachable'],
    [1, 4, 'port-unreachable'],
    [2, 0, 'fragmentation-needed'],
    [3, 0, 'ttl-exceeded'],
    [3, 1, 'reassembly-exceeded'],
    [4, 0, 'parameter-problem'],
    [4, 1, 'protocol-unreachable'],
  ];
  for (const [type, code] of cases) rig.receive(icmp6Packet(type, code, type === 2 ? 1400 : 0, quote));
  t.deepEqual(
    rig.probe.errors.map(({ kind }) => kind),
    cases.map(([, , kind]) => kind),
  );
  t.deepEqual(rig.probe.errors[4], { kind: 'fragmentation-needed', mtu: 1400, destination: 'fd00::2', quoted: 16 });
});

// @rfc 4443 S2.4-2
test('errors that nobody could have sent about a packet of ours do nothing', async (t) => {
  const rig = await Rig6.start();
  const sixteen = new Uint8Array(16);
  const later = ip6Bytes(join(Uint8Array.from([PROBE, 0, 0, 8, 0, 0, 0, 1]), sixteen), { ...ours, nextHeader: 44 });
  const unfounded = [
    icmp6Packet(1, 0, 0, new Uint8Array(39)),
    icmp6Packet(1, 0, 0, ip6Bytes(new Uint8Array(7), ours)),
    icmp6Packet(1, 0, 0, ip6Bytes(sixteen, { ...ours, source: ip('fd00::5') })),
    icmp6Packet(1, 0, 0, ip6Bytes(sixteen, { ...ours, nextHeader: 251 })),
    icmp6Packet(1, 9, 0, ip6Bytes(sixteen, ours)),
    icmp6Packet(1, 0, 0, later),
  ];
  for (const each of unfounded) rig.receive(each);
  rig.receive(icmp6Packet(200, 0, 0, sixteen));
  t.deepEqual(rig.takeIcmp(), [], 'what is no error and not known is passed over in silence');
  t.is(rig.icmpv6.counters.errorsUnfounded, unfounded.length);
  t.deepEqual(rig.probe.errors, []);
});

// @rfc 8200 S4-2
// @rfc 4443 S2.4-5 S2.4-6 S2.4-7 S3.4-1
test('nobody is told about an error, a redirect, a packet for many, or one from nobody (RFC 4443 section 2.4 (e))', async (t) => {
  const rig = await Rig6.start({ ipv6: {} });
  introduce6(rig);
  const unknown = { nextHeader: 251 };
  rig.receive(ip6Bytes(new Uint8Array(8), unknown));
  const [told] = rig.takeIcmp();
  t.deepEqual([told.type, told.code, told.rest], [4, 1, 6]);
  t.is(told.seen.reason, 'icmpv6.parameter-problem');
  rig.receive(ip6Bytes(new Uint8Array(8), { ...unknown, destination: ip('ff02::1') }), mac('33:33:00:00:00:01'));
  rig.receive(ip6Bytes(new Uint8Array(8), { ...unknown, source: ip('::') }));
  t.is(rig.icmpv6.counters.errorsForbidden, 2);
  // A routing header in front of an error: who would answer it answers an error.
  const routed = join(Uint8Array.from([58, 0, 0, 1, 0, 0, 0, 0]), Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0]));
  rig.receive(ip6Bytes(routed, { nextHeader: 43 }));
  t.is(rig.icmpv6.counters.errorsForbidden, 3);
  t.deepEqual(rig.takeIcmp(), []);
});

// @rfc 8200 S5-1
// @rfc 4443 S2.4-3 S2.4-8 S3.1-2
test('errors quote as much as 1280 bytes hold, and no more of them leave than the rate allows', async (t) => {
  const rig = await Rig6.start({ icmpv6: { rate: 0.01, burst: 3 } });
  introduce6(rig);
  for (let i = 0; i < 10; i++) rig.receive(ip6Bytes(new Uint8Array(1440), { nextHeader: 251 }));
  const sent = rig.takeIcmp();
  t.is(sent.length, 3);
  t.is(sent[0].seen.header.payloadLength, 1240);
  t.is(rig.icmpv6.counters.errorsLimited, 7);
  rig.clock.advance(100);
  rig.receive(ip6Bytes(new Uint8Array(8), { nextHeader: 251 }));
  t.is(rig.takeIcmp().length, 1);
  const mute = await Rig6.start({ icmpv6: { errors: false } });
  introduce6(mute);
  mute.receive(ip6Bytes(new Uint8Array(8), { nextHeader: 251 }));
  t.deepEqual(mute.takeIcmp(), [], 'who wants none sends none');
});
