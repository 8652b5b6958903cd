import { IpAddress } from '@netwright/core';
import {
  NdpFlag,
  type NdpMessage,
  NdpType,
  ndpMessage,
  ndpSize,
  readNdp,
  solicitedNode,
  writeNdp,
} from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';
import { ip, mac } from './rig.js';
import { introduce6, ip6Bytes, PEER6, pair6, Rig6, summed, viewOf } from './rig6.js';

const OWN = ip('fd00::1');
const ROUTER = ip('fe80::99');
const ROUTER_MAC = mac('02:00:00:00:00:99');
const ALL = ip('ff02::1');

const solicitation = (target: IpAddress, sourceLink = PEER6.mac as typeof PEER6.mac | null) =>
  ndpMessage(NdpType.NeighbourSolicitation, { target, sourceLink });

function advertisement(flags: number, link: typeof PEER6.mac | null = PEER6.mac): NdpMessage {
  return ndpMessage(NdpType.NeighbourAdvertisement, { word: flags >>> 0, target: PEER6.ip, targetLink: link });
}

const answer = (rig: Rig6) => rig.discover(advertisement(NdpFlag.Solicited | NdpFlag.Override), PEER6.ip, OWN);

function state(rig: Rig6, address = PEER6.ip): string {
  return rig.ndp.entries().find((each) => each.address.equals(address))?.state ?? 'none';
}

interface Router {
  lifetime?: number;
  prefix?: string;
  valid?: number;
  preferred?: number;
  mtu?: number;
  from?: IpAddress;
}

/** A router's advertisement with one prefix of 64 bits. */
function routerSays(
  rig: Rig6,
  { lifetime = 1800, prefix, valid = 86_400, preferred = 14_400, mtu = 0, from = ROUTER }: Router,
) {
  const told =
    prefix === undefined ? [] : [{ prefix: ip(prefix), length: 64, onLink: true, autonomous: true, valid, preferred }];
  const word = (64 << 24) | lifetime;
  rig.discover(
    ndpMessage(NdpType.RouterAdvertisement, { word, mtu, prefixes: told, sourceLink: ROUTER_MAC }),
    from,
    ALL,
  );
}

const addresses = (rig: Rig6) =>
  rig.eth0.addresses.map(({ address }) => `${address}`).filter((each) => !each.startsWith('fe80'));

// @rfc 4861 S6.1.2-1 S7.1.1-1
test('a message that was written is read back; one that is cut off, or has an option of length 0, is not', (t) => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  const some = fc.tuple(word, word, word, word).map(([a, b, c, d]) => IpAddress.v6(a, b, c, d));
  const link = fc.option(fc.constant(PEER6.mac));
  const prefix = fc.record({
    prefix: some,
    length: fc.integer({ min: 0, max: 128 }),
    onLink: fc.boolean(),
    autonomous: fc.boolean(),
    valid: word,
    preferred: word,
  });
  const given = fc.record({
    type: fc.integer({ min: 133, max: 137 }),
    word,
    one: some,
    two: some,
    sourceLink: link,
    targetLink: link,
    mtu: word,
    prefixes: fc.array(prefix, { maxLength: 3 }),
    times: fc.tuple(word, word),
  });
  fc.assert(
    fc.property(given, ({ type, one, two, times, ...rest }) => {
      const router = type === NdpType.RouterAdvertisement;
      const message: NdpMessage = {
        ...rest,
        type,
        target: type >= NdpType.NeighbourSolicitation ? one : null,
        destination: type === NdpType.Redirect ? two : null,
        reachable: router ? times[0] : 0,
        retransmit: router ? times[1] : 0,
      };
      const view = new DataView(new ArrayBuffer(256));
      const size = ndpSize(message);
      writeNdp(view, 4, message);
      t.deepEqual(readNdp(view, 4, size), message);
      t.is(readNdp(view, 4, size - 1), undefined);
      view.setUint32(4 + size, 0);
      view.setUint32(8 + size, 0);
      t.is(readNdp(view, 4, size + 8), undefined);
    }),
    { seed: 1 },
  );
});

// @rfc 6980 S5-1
// @rfc 4861 S7.2.1-1 S7.2.3-1 S7.2.3-2 S7.2.4-1
test('who asks for an address of ours gets an answer, and is known from then on', async (t) => {
  const rig = await Rig6.start();
  rig.discover(solicitation(OWN), PEER6.ip, solicitedNode(OWN));
  const [{ message, seen }] = rig.takeNdp();
  t.is(message.type, NdpType.NeighbourAdvertisement);
  t.is(message.word, NdpFlag.Solicited + NdpFlag.Override);
  t.true(message.targetLink?.equals(rig.eth0.mac));
  t.is(`${seen.header.destination} ${seen.to} ${seen.header.hopLimit}`, `fd00::2 ${PEER6.mac} 255`);
  t.is(state(rig), 'delay');
  rig.discover(solicitation(ip('fd00::77')), PEER6.ip, solicitedNode(ip('fd00::77')));
  t.is(rig.takeNdp().length, 0);
});

// @rfc 6980 S5-2
// @rfc 4861 S7.1.1-1
test('messages from beyond the link, damaged ones and ones in fragments are dropped', async (t) => {
  const rig = await Rig6.start();
  rig.discover(solicitation(OWN), PEER6.ip, solicitedNode(OWN), 254);
  t.is(rig.ndp.counters.malformed, 1);
  rig.discover(ndpMessage(NdpType.NeighbourSolicitation, { target: ip('ff02::9') }), PEER6.ip, OWN);
  rig.discover(ndpMessage(NdpType.NeighbourSolicitation, { target: OWN, sourceLink: PEER6.mac }), IpAddress.any6, OWN);
  t.is(rig.ndp.counters.malformed, 3);
  const bytes = new Uint8Array(32);
  writeNdp(viewOf(bytes), 0, solicitation(OWN));
  const packet = ip6Bytes(bytes, { nextHeader: 58, hopLimit: 255 });
  rig.receive(packet);
  t.is(rig.ndp.counters.badChecksum, 1);
  const atomic = ip6Bytes(Uint8Array.from([58, 0, 0, 0, 0, 0, 0, 1, ...bytes]), { nextHeader: 44, hopLimit: 255 });
  rig.receive(summed(atomic));
  t.is(rig.ipv6.counters.badExtension, 1);
  t.is(rig.takeNdp().length, 0);
  t.is(state(rig), 'none');
});

// @rfc 6980 S5-1
// @rfc 4861 S4.1-1 S7.2.2-1 S7.2.2-2 S7.2.5-2
test('packets wait for an answer, in order, and leave when it comes', async (t) => {
  const rig = await Rig6.start();
  for (const word of ['one', 'two']) rig.send('fd00::2', word);
  const [{ message, seen }] = rig.takeNdp();
  t.is(`${message.target}`, 'fd00::2');
  t.true(message.sourceLink?.equals(rig.eth0.mac));
  t.is(`${seen.header.source} ${seen.header.destination} ${seen.to}`, 'fd00::1 ff02::1:ff00:2 33:33:ff:00:00:02');
  t.is(seen.reason, 'ndp.solicitation');
  t.is(state(rig), 'incomplete');
  answer(rig);
  t.is(state(rig), 'reachable');
  t.deepEqual(
    rig.take().map(({ body }) => new TextDecoder().decode(body)),
    ['one', 'two'],
  );
  t.is(rig.inUse, 0);
});

// @rfc 4861 S7.2.2-3 S7.2.2-4
test('nobody answers: three questions a second apart, then the transport is told', async (t) => {
  const rig = await Rig6.start();
  rig.send('fd00::2');
  rig.clock.advance(10_000);
  const asked = rig.takeNdp();
  t.deepEqual(
    asked.map(({ seen }) => [seen.at, seen.reason]),
    [
      [0, 'ndp.solicitation'],
      [1000, 'ndp.solicitation.retry'],
      [2000, 'ndp.solicitation.retry'],
    ],
  );
  t.deepEqual(
    rig.probe.errors.map(({ kind, destination }) => [kind, destination]),
    [['host-unreachable', 'fd00::2']],
  );
  t.is(state(rig), 'failed');
  t.is(rig.inUse, 0);
});

// @rfc 4861 S7.3.1-1 S7.3.3-1 S7.3.3-2
test('a neighbour is asked again when nothing confirms it, and not where a transport does (RFC 4861 section 7.3)', async (t) => {
  const rig = await Rig6.start();
  rig.send('fd00::2');
  answer(rig);
  rig.take();
  rig.clock.advance(60_000);
  t.is(state(rig), 'stale');
  const path = rig.path('fd00::2');
  rig.send(path);
  t.is(state(rig), 'delay');
  path.confirm();
  t.is(state(rig), 'reachable');
  rig.clock.advance(60_000);
  rig.take();
  rig.send(path);
  rig.clock.advance(5000);
  const [{ seen }] = rig.takeNdp();
  t.is(`${seen.reason} ${seen.to} ${seen.header.destination}`, `ndp.solicitation.probe ${PEER6.mac} fd00::2`);
  t.is(state(rig), 'probe');
  answer(rig);
  t.is(state(rig), 'reachable');
  rig.clock.advance(60_000);
  rig.send(path);
  rig.clock.advance(8000);
  t.is(state(rig), 'failed');
});

// @rfc 4861 S7.1.2-1 S7.2.5-1 S7.2.5-2 S7.2.5-3 S7.2.5-4
test('what an advertisement may change its flags say (RFC 4861 section 7.2.5)', async (t) => {
  const rig = await Rig6.start();
  const other = mac('02:00:00:00:00:77');
  const known = () => `${rig.ndp.entries().find(({ address }) => address.equals(PEER6.ip))?.mac}`;
  rig.discover(advertisement(NdpFlag.Override), PEER6.ip, ALL);
  t.is(state(rig), 'none', 'a stranger is not learned');
  rig.send('fd00::2');
  rig.discover(advertisement(NdpFlag.Solicited, null), PEER6.ip, OWN);
  t.is(state(rig), 'incomplete', 'without an address it is no answer');
  answer(rig);
  rig.discover(advertisement(NdpFlag.Solicited, other), PEER6.ip, OWN);
  t.is(`${state(rig)} ${known()}`, `stale ${PEER6.mac}`);
  answer(rig);
  rig.discover(advertisement(NdpFlag.Override, other), PEER6.ip, ALL);
  t.is(`${state(rig)} ${known()}`, `stale ${other}`);
  rig.discover(advertisement(NdpFlag.Solicited), PEER6.ip, ALL);
  t.is(known(), `${other}`, 'a solicited one is for one');
  rig.ndp.set(PEER6.ip, PEER6.mac, rig.eth0);
  rig.discover(advertisement(NdpFlag.Override, other), PEER6.ip, ALL);
  t.is(`${state(rig)} ${known()}`, `permanent ${PEER6.mac}`);
});

// @rfc 4861 S7.2.2-2
test('tables have limits: neighbours, and packets that wait', async (t) => {
  const rig = await Rig6.start({ ndp: { limit: 10, pending: 3, pendingTotal: 5 } });
  for (let i = 0; i < 5; i++) rig.send('fd00::2', `${i}`);
  t.is(rig.inUse, 3);
  t.is(rig.ndp.counters.pendingDropped, 2);
  rig.take();
  answer(rig);
  t.deepEqual(
    rig.take().map(({ body }) => new TextDecoder().decode(body)),
    ['2', '3', '4'],
  );
  for (let i = 100; i < 200; i++) rig.discover(solicitation(OWN), ip(`fd00::${i}`), solicitedNode(OWN));
  t.is(rig.ndp.entries().length, 10);
  t.true(rig.ndp.counters.evicted >= 90);
  rig.clock.run();
  await rig.stack.stop();
  t.is(rig.inUse, 0);
});

// @rfc 4861 S4.1-1
// @rfc 4862 S5.1-1 S5.4-1 S5.4.2-1
test('each address is asked for before it is certain, and is used meanwhile (RFC 4862 section 5.4, RFC 4429)', async (t) => {
  const rig = await Rig6.start({ ndp: { duplicates: 1 } });
  const asked = rig.takeNdp();
  t.deepEqual(
    asked.map(({ message, seen }) => `${seen.header.source} ${message.target} ${message.sourceLink}`),
    [':: fd00::1 null', `:: ${rig.linkLocal} null`],
  );
  rig.send('fd00::2');
  t.is(rig.takeNdp()[0].message.sourceLink, null, "an address that may be another's changes no cache");
  rig.discover(solicitation(OWN), PEER6.ip, solicitedNode(OWN));
  const replied = rig.takeNdp().find(({ message }) => message.type === NdpType.NeighbourAdvertisement);
  t.is((replied as { message: NdpMessage }).message.word, NdpFlag.Solicited);
  rig.clock.advance(1000);
  rig.take();
  rig.discover(solicitation(OWN), PEER6.ip, solicitedNode(OWN));
  t.is(rig.takeNdp()[0].message.word, NdpFlag.Solicited + NdpFlag.Override);
});

// @rfc 4862 S5.4.3-1 S5.4.4-1 S5.4.5-1 S5.4.2-1
test('an address that somebody else has, or asks for too, is given up', async (t) => {
  for (const other of [
    (rig: Rig6) =>
      rig.discover(
        ndpMessage(NdpType.NeighbourAdvertisement, { word: NdpFlag.Override, target: OWN, targetLink: PEER6.mac }),
        OWN,
        ALL,
      ),
    (rig: Rig6) => rig.discover(solicitation(OWN, null), IpAddress.any6, solicitedNode(OWN)),
  ]) {
    const rig = await Rig6.start({ ndp: { duplicates: 1 } });
    other(rig);
    t.is(rig.ndp.counters.duplicates, 1);
    t.false(rig.ipv6.isLocal(OWN));
    t.deepEqual(addresses(rig), []);
    const sure = await Rig6.start({ ndp: { duplicates: 1 } });
    sure.clock.advance(2000);
    sure.take();
    other(sure);
    t.true(sure.ipv6.isLocal(OWN), 'what is certain stays');
  }
});

test('two that ask for each other while both are uncertain find each other at once', async (t) => {
  const [a, b] = await pair6({ ndp: { duplicates: 1 } }, { ndp: { duplicates: 1 } });
  a.send('fd00::2', 'hi');
  a.clock.advance(10);
  t.deepEqual(b.texts(), ['hi']);
  b.send('fd00::1', 'ho');
  a.clock.advance(10);
  t.deepEqual(a.texts(), ['ho']);
});

// @rfc 4862 S5.4.5-2
test('where the hardware address is not ours alone the interface does without IPv6', async (t) => {
  const rig = await Rig6.start({ ndp: { duplicates: 1, autoconfigure: true } });
  rig.discover(solicitation(rig.linkLocal, null), IpAddress.any6, solicitedNode(rig.linkLocal));
  t.deepEqual(rig.eth0.addresses, []);
  t.is(rig.ipv6.path(PEER6.ip), 'ENETUNREACH');
  routerSays(rig, { prefix: '2001:db8:1::' });
  t.deepEqual(rig.eth0.addresses, [], 'nor does it make new ones');
  rig.clock.advance(60_000);
  t.is(rig.take().filter(({ at }) => at > 0 && at > 8000).length, 0);
});

// @rfc 4861 S6.3.7-2
// @rfc 4862 S5.4.2-2
test('with startDelay what is asked first leaves after a random time of up to a second', async (t) => {
  const rig = await Rig6.start({ ndp: { duplicates: 1, autoconfigure: true, startDelay: 1000 } });
  t.is(rig.take().length, 0);
  t.true(rig.ipv6.isLocal(OWN), 'which costs the start nothing');
  rig.clock.advance(1000);
  const first = rig.takeNdp();
  t.deepEqual(first.map(({ message }) => message.type).sort(), [133, 135, 135]);
  t.true(new Set(first.map(({ seen }) => seen.at)).size === 3 && first.every(({ seen }) => seen.at > 0));
});

// @rfc 4861 S8.3-2
test('nobody is redirected: neither by a host nor by a router', async (t) => {
  for (const forwarding of [false, true]) {
    const rig = await Rig6.start({ ipv6: { forwarding } });
    introduce6(rig);
    // It goes back to the link that it came from, where its sender could have sent it at once.
    rig.receive(ip6Bytes(new Uint8Array(8), { source: ip('fd00::7'), destination: PEER6.ip }));
    rig.clock.advance(1000);
    t.is(rig.ipv6.counters.forwarded, forwarding ? 1 : 0);
    t.false(rig.takeNdp().some(({ message }) => message.type === NdpType.Redirect));
  }
});

// @rfc 4861 S6.3.4-1 S6.3.4-2 S6.3.4-3 S6.3.7-1
// @rfc 4862 S5.5.3-3
test('a host that is to configure itself asks for routers three times, and believes them (RFC 4861 section 6.3)', async (t) => {
  const rig = await Rig6.start({ addresses: [[]], ndp: { autoconfigure: true } });
  rig.clock.advance(20_000);
  t.deepEqual(
    rig.takeNdp().map(({ message, seen }) => [message.type, seen.at, `${seen.header.destination}`]),
    [0, 4000, 8000].map((at) => [133, at, 'ff02::2']),
  );
  routerSays(rig, { prefix: '2001:db8:1::', mtu: 1400 });
  const [address] = addresses(rig);
  t.true(address.startsWith('2001:db8:1::'));
  const path = rig.path('2001:db8:9::1');
  t.is(`${path.source} ${path.mtu}`, `${address} 1400`);
  rig.send(path);
  const [sent] = rig.take();
  t.is(sent.to, `${ROUTER_MAC}`, 'its address came with the advertisement');
  rig.send('2001:db8:1::5');
  t.is(`${rig.takeNdp()[0].message.target}`, '2001:db8:1::5', 'the prefix is on the link');
  rig.clock.advance(1_800_000);
  t.is(rig.ipv6.path(ip('2001:db8:9::1')), 'ENETUNREACH', 'a router lives for as long as it says');
});

// @rfc 4862 S5.5.3-4 S5.5.4-1 S5.5.4-2 S5.5.4-3
test('addresses age: deprecated, then gone; nobody takes one away sooner than in two hours (RFC 4862 section 5.5.3)', async (t) => {
  const rig = await Rig6.start({ addresses: [[]], ndp: { autoconfigure: true } });
  routerSays(rig, { prefix: '2001:db8:1::', valid: 20_000, preferred: 100 });
  routerSays(rig, { prefix: '2001:db8:1::', valid: 1, preferred: 1 });
  rig.clock.advance(7_100_000);
  t.is(addresses(rig).length, 1);
  rig.clock.advance(200_000);
  t.is(addresses(rig).length, 0);
  routerSays(rig, { prefix: '2001:db8:2::', valid: 100, preferred: 50 });
  routerSays(rig, { prefix: '2001:db8:3::', valid: 100, preferred: 80 });
  t.is(addresses(rig).length, 2);
  rig.clock.advance(60_000);
  t.true(`${rig.path('2001:db8:2:1::').source}`.startsWith('2001:db8:3:'), 'the other is deprecated');
  rig.clock.advance(60_000);
  t.is(addresses(rig).length, 0);
  for (let i = 0; i < 40; i++) routerSays(rig, { prefix: `2001:db8:${i + 10}::` });
  t.is(addresses(rig).length, 16);
  await rig.stack.stop();
  t.is(rig.host.timers.armed, 0);
});

// @rfc 4861 S4-1 S6.3.7-3
// @rfc 4861 S6.3.6-1 S7.2.5-5
test('a router that does not answer makes room for another one, and one that says it is none is used no more', async (t) => {
  const rig = await Rig6.start({ addresses: [['fd00::1/64']], ndp: { autoconfigure: true } });
  const other = ip('fe80::98');
  const link = mac('02:00:00:00:00:98');
  const says = (from: IpAddress, sourceLink: typeof link) =>
    rig.discover(ndpMessage(NdpType.RouterAdvertisement, { word: (64 << 24) | 1800, sourceLink }), from, ALL);
  says(ROUTER, ROUTER_MAC);
  says(other, link);
  const hop = () => {
    rig.take();
    rig.send('2001:db8:9::1');
    return rig.take().at(-1)?.to;
  };
  t.is(hop(), `${ROUTER_MAC}`);
  // The second one is there: it answers when it is asked.
  rig.clock.advance(9000);
  t.is(hop(), `${link}`, 'the first one is not');
  const word = (NdpFlag.Solicited | NdpFlag.Override) >>> 0;
  rig.discover(ndpMessage(NdpType.NeighbourAdvertisement, { word, target: other, targetLink: link }), other, OWN);
  says(ROUTER, ROUTER_MAC);
  t.is(hop(), `${ROUTER_MAC}`);
});

test('options that nobody knows are passed over; who has heard a router asks for none any more', async (t) => {
  const rig = await Rig6.start({ addresses: [[]], ndp: { autoconfigure: true } });
  t.is(rig.takeNdp().length, 1);
  const bytes = new Uint8Array(16 + 16 + 8);
  writeNdp(
    viewOf(bytes),
    0,
    ndpMessage(NdpType.RouterAdvertisement, { word: (64 << 24) | 1800, sourceLink: ROUTER_MAC }),
  );
  // Of two units, in front of the one that is known.
  bytes.copyWithin(32, 16, 24);
  bytes.fill(0xee, 16, 32).set([99, 2], 16);
  const packet = ip6Bytes(bytes, { nextHeader: 58, source: ROUTER, destination: ALL, hopLimit: 255 });
  rig.receive(summed(packet), mac('33:33:00:00:00:01'));
  rig.send('2001:db8:9::1');
  t.is(rig.take()[0].to, `${ROUTER_MAC}`);
  rig.clock.advance(60_000);
  t.is(rig.takeNdp().filter(({ message }) => message.type === NdpType.RouterSolicitation).length, 0);
});

// @rfc 4862 S5.5.3-2 S5.5.3-3
test('prefixes that make no sense make no address', async (t) => {
  const rig = await Rig6.start({ addresses: [[]], ndp: { autoconfigure: true } });
  routerSays(rig, { prefix: '2001:db8:1::', valid: 100, preferred: 101 });
  const odd = { prefix: ip('2001:db8:2::'), length: 63, onLink: true, autonomous: true, valid: 1000, preferred: 100 };
  rig.discover(
    ndpMessage(NdpType.RouterAdvertisement, { word: (64 << 24) | 1800, prefixes: [odd], sourceLink: ROUTER_MAC }),
    ROUTER,
    ALL,
  );
  t.deepEqual(addresses(rig), []);
  routerSays(rig, { prefix: '2001:db8:3::', valid: 100, preferred: 100 });
  t.is(addresses(rig).length, 1);
});

// @rfc 4861 S6.1.2-1 S6.3.4-2
// @rfc 4862 S5.5-1 S5.5.3-1
test('advertisements are ignored where nobody asked to believe them, or they come from afar', async (t) => {
  const rig = await Rig6.start();
  routerSays(rig, { prefix: '2001:db8:1::' });
  t.deepEqual(addresses(rig), ['fd00::1']);
  const other = await Rig6.start({ ndp: { autoconfigure: true } });
  routerSays(other, { prefix: '2001:db8:1::', from: ip('2001:db8::99') });
  t.deepEqual(addresses(other), ['fd00::1']);
  routerSays(other, { prefix: 'fe80::' });
  t.deepEqual(addresses(other), ['fd00::1']);
});

// @rfc 4861 S8.1-1 S8.3-1
test('a redirect is believed of the router that is in use, and of nobody else (RFC 4861 section 8.1)', async (t) => {
  const rig = await Rig6.start({ ndp: { redirected: 2 }, ipv6: { gateway: `${ROUTER}` } });
  const far = ip('2001:db8::5');
  const redirect = (from: IpAddress, destination: IpAddress, target: IpAddress) =>
    rig.discover(ndpMessage(NdpType.Redirect, { target, destination, targetLink: PEER6.mac }), from, OWN);
  const hop = () => {
    rig.take();
    rig.send(`${far}`);
    return rig.take()[0].to;
  };
  rig.ndp.set(ROUTER, ROUTER_MAC, rig.eth0);
  redirect(ip('fe80::66'), far, PEER6.link);
  redirect(ROUTER, far, ip('2001:db8::6'));
  redirect(ROUTER, ip('fd00::2'), PEER6.link);
  t.is(hop(), `${ROUTER_MAC}`);
  redirect(ROUTER, far, PEER6.link);
  t.is(hop(), `${PEER6.mac}`);
  for (let i = 0; i < 9; i++) redirect(ROUTER, ip(`2001:db8::${i + 10}`), PEER6.link);
  t.is(rig.ipv6.routes.list().filter(({ to }) => to.prefix === 128).length, 2);
  const off = await Rig6.start({ ndp: { redirects: false }, ipv6: { gateway: `${ROUTER}` } });
  off.discover(ndpMessage(NdpType.Redirect, { target: PEER6.link, destination: far }), ROUTER, OWN);
  t.is(off.ipv6.routes.list().filter(({ to }) => to.prefix === 128).length, 0);
});

test('a router of ours advertises itself: a host gets its address and its way out from it', async (t) => {
  const [router, host] = await pair6(
    { addresses: [['fd00::1/64']], ipv6: { forwarding: true }, ndp: { advertise: { prefixes: ['2001:db8:5::/64'] } } },
    { addresses: [[]], ndp: { autoconfigure: true } },
  );
  router.clock.advance(100);
  const [address] = addresses(host);
  t.true(address.startsWith('2001:db8:5::') || address.startsWith('2001:db8:5:0:'));
  host.send('fd00::1', 'up');
  router.clock.advance(100);
  t.deepEqual(
    router.probe.got.map(({ from }) => from),
    [address],
  );
  await t.throwsAsync(Rig6.start({ ndp: { advertise: {} } }), { code: 'EINVAL' });
});

test('on a loopback device nobody is asked for', async (t) => {
  const rig = new Rig6({ addresses: [['::1/128']], ndp: { duplicates: 1, autoconfigure: true } });
  rig.device.loopback = true;
  await rig.stack.start();
  rig.send('::1', 'me');
  const sent = rig.take();
  t.is(sent.length, 1);
  t.is(sent[0].to, `${rig.eth0.mac}`);
  introduce6(rig);
  t.is(rig.eth0.addresses.length, 1, 'no link-local address either');
});
