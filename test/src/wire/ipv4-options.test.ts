import { Cidr, type Packet } from '@netwright/core';
import {
  checkIpOptions,
  type PingResult,
  readIpOptions,
  readIpRoute,
  readIpv4,
  recordRoute,
  returnRoute,
  sourceRoute,
  timestamps,
  Udp,
  type UdpSocket,
  writeIpOptions,
} from '@netwright/layers';
import test from 'ava';
import { icmpBytes, introduce, ip, ipBytes, ipFrame, leftOver, PEER, Rig } from './rig.js';
import { network } from './two-links.js';

const data = new TextEncoder().encode('data');
const OPEN = Uint8Array.of(131, 7, 4, 10, 0, 0, 9, 0);
const PASSED = Uint8Array.of(131, 7, 8, 10, 0, 0, 9, 0);

/** The header of a frame that was sent. */
function header(bytes: Uint8Array) {
  const read = readIpv4(new DataView(bytes.buffer, bytes.byteOffset + 14), 0, bytes.length - 14);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

/** Addresses that a record route holds, of options with nothing else. */
function recorded(options: Uint8Array | undefined): string[] {
  return readIpRoute((readIpOptions(options ?? new Uint8Array(0)) ?? [])[0]).visited.map(String);
}

// @rfc 791 S3.1-5 S3.1-6
test('record route and router alert are read; what makes no sense names the byte', (t) => {
  const bytes = writeIpOptions([recordRoute(2), { kind: 148, data: Uint8Array.of(0, 0) }]);
  t.is(bytes.length, 16);
  bytes.set([8, 10, 0, 0, 1], 2);
  const options = readIpOptions(bytes) ?? [];
  t.deepEqual(
    options.map(({ kind }) => kind),
    [7, 148],
  );
  const route = readIpRoute(options[0]);
  t.deepEqual([route.visited.map(String), route.left.map(String)], [['10.0.0.1'], ['0.0.0.0']]);
  const bad = (...each: number[]) => checkIpOptions(Uint8Array.from(each)).bad;
  t.is(bad(1, 1, 0, 0), -1);
  t.is(bad(7), 1, 'no length');
  t.is(bad(1, 148, 1, 0), 2, 'shorter than itself');
  t.is(bad(148, 5, 0, 0), 1, 'longer than the header');
  t.is(bad(7, 7, 3, 0, 0, 0, 0, 0), 2, 'a pointer into the option itself');
  t.is(bad(7, 6, 4, 0, 0, 0, 0, 0), 1, 'half an address');
  t.throws(() => writeIpOptions([recordRoute(10)]), { instanceOf: RangeError });
});

test('a timestamp option with flags, a pointer or room that cannot be is an error', (t) => {
  const bad = (...each: number[]) => checkIpOptions(Uint8Array.from(each)).bad;
  t.is(bad(68, 8, 5, 0, 0, 0, 0, 0), -1);
  t.is(bad(68, 8, 9, 0x10, 0, 0, 0, 0), -1, 'full');
  t.is(bad(68, 8, 4, 0, 0, 0, 0, 0), 2, 'a pointer into the option itself');
  t.is(bad(68, 8, 5, 1, 0, 0, 0, 0), 2, 'room for half an entry');
  t.is(bad(68, 8, 5, 2, 0, 0, 0, 0), 3, 'flags that mean nothing');
  t.is(bad(68, 3, 5, 0), 1, 'no flags');
});

test('a layer above finds the header of what it gets, with the options in it', async (t) => {
  const rig = await Rig.start();
  const options = Uint8Array.of(7, 7, 8, 10, 0, 0, 9, 0);
  const seen: Uint8Array[] = [];
  rig.probe.receive = (packet: Packet) => {
    seen.push(packet.bytes.slice(packet.network + 20, packet.start));
    packet.release();
  };
  rig.device.receive(ipFrame(rig, data, { options }));
  t.deepEqual(seen, [options]);
});

// @rfc 1122 S3.2.1.8-3
// @rfc 791 S3.1-5
test('options that are not known are passed over (RFC 1122 section 3.2.1.8)', async (t) => {
  const rig = await Rig.start();
  rig.device.receive(ipFrame(rig, data, { options: Uint8Array.of(1, 0x5e, 4, 0, 0, 0, 0, 0) }));
  t.deepEqual(rig.texts(), ['data']);
});

test('options that no header can hold are refused with a code', async (t) => {
  const rig = await Rig.start();
  for (const length of [3, 44]) {
    t.throws(() => rig.ipv4.path(PEER.ip, { headerOptions: new Uint8Array(length) }), { message: /EINVAL/ });
  }
});

test('a source route leaves with its first gateway as the destination, and the destination at its end', async (t) => {
  const rig = await Rig.start({ ipv4: { gateway: '10.0.0.2' } });
  introduce(rig);
  const path = rig.path('192.0.2.9', { headerOptions: sourceRoute([ip('10.0.0.2'), ip('198.51.100.7')]) });
  t.deepEqual([`${path.destination}`, path.headerSize], ['192.0.2.9', 32]);
  rig.send(path);
  const sent = header(rig.device.take()[0].bytes);
  t.is(`${sent.destination}`, '10.0.0.2');
  const [route] = readIpOptions(sent.options) ?? [];
  t.deepEqual(readIpRoute(route), { visited: [], left: [ip('198.51.100.7'), ip('192.0.2.9')] });
  const strict = sourceRoute([ip('198.51.100.7')], true);
  t.is(rig.ipv4.path(ip('192.0.2.9'), { headerOptions: strict }), 'ENETUNREACH', 'not on the link');
  for (const wrong of [
    PASSED,
    Uint8Array.of(131, 6, 4, 0, 0, 0, 0, 0),
    Uint8Array.from([1, ...OPEN.subarray(0, 7), ...OPEN]),
  ]) {
    t.throws(() => rig.ipv4.path(PEER.ip, { headerOptions: wrong }), { message: /EINVAL/ });
  }
  t.throws(() => sourceRoute(Array(10).fill(PEER.ip)), { instanceOf: RangeError });
});

// @rfc 1122 S3.2.1.8c-3
test('a return route is the recorded one backwards, and leaves out the sender where that had listed itself', (t) => {
  const gateways = (options: Uint8Array | undefined) => {
    const [route] = readIpOptions(options ?? new Uint8Array(0)) ?? [];
    return route === undefined ? undefined : [route.kind, ...readIpRoute(route).left.map(String)];
  };
  const route = (kind: number, pointer: number) => Uint8Array.of(1, kind, 11, pointer, 10, 0, 0, 7, 10, 0, 1, 7);
  t.deepEqual(gateways(returnRoute(route(131, 12), ip('192.0.2.1'))), [131, '10.0.1.7', '10.0.0.7']);
  t.deepEqual(
    gateways(returnRoute(route(137, 12), ip('10.0.0.7'))),
    [137, '10.0.1.7'],
    'case B of section 3.2.1.8 (c)',
  );
  t.is(returnRoute(route(131, 8), ip('192.0.2.1')), undefined, 'it goes on');
  t.is(returnRoute(Uint8Array.of(131, 7, 8, 10, 0, 0, 7, 0), ip('10.0.0.7')), undefined, 'nobody between');
  t.is(returnRoute(Uint8Array.of(1, 1, 1, 0), ip('10.0.0.7')), undefined);
});

// @rfc 1122 S3.2.1.8c-2 S3.3.5-1
test('source routes are dropped in silence, unless the setting accepts those that end here; the others are reported then', async (t) => {
  for (const sourceRoute of ['drop', 'accept'] as const) {
    const rig = await Rig.start({ ipv4: { sourceRoute } });
    introduce(rig);
    rig.device.receive(ipFrame(rig, data, { options: OPEN }), ipFrame(rig, data, { options: PASSED }));
    t.is(rig.ipv4.counters.sourceRouted, sourceRoute === 'drop' ? 2 : 1);
    t.is(rig.probe.got.length, sourceRoute === 'drop' ? 0 : 1);
    const reports = rig.device.take().map(({ bytes }) => [...bytes.subarray(34, 36)]);
    t.deepEqual(reports, sourceRoute === 'drop' ? [] : [[3, 5]]);
    t.is(rig.inUse, 0);
  }
});

// @rfc 1122 S3.2.1.8-2 S3.2.1.8c-1 S3.2.1.8c-2
test('a datagram takes the way that its source route names, arrives with the recorded one, and its answer takes the same way back', async (t) => {
  const { clock, a, b, inUse } = await network({ sourceRoute: 'accept' });
  const udps = [a, b].map((each) => new Udp(each.host));
  for (const [index, rig] of [a, b].entries()) rig.ipv4.registerLayer(udps[index]);
  const [client, server] = udps.map((udp) => udp.open({ port: 7 }) as UdpSocket);
  let came: Uint8Array | undefined;
  server.onMessage = (bytes, from) => {
    came = from.headerOptions;
    server.sending.set({ headerOptions: returnRoute(from.headerOptions as Uint8Array, from.address) ?? null });
    server.send(bytes.slice(), from.port, from.address, from.to);
  };
  client.sending.set({ headerOptions: sourceRoute([ip('10.0.0.254')]) });
  const answers: { text: string; options: Uint8Array | undefined }[] = [];
  client.onMessage = (bytes, { headerOptions }) =>
    answers.push({ text: new TextDecoder().decode(bytes), options: headerOptions });
  client.send('by the router', 7, '10.1.0.1');
  clock.advance(100);
  t.deepEqual(recorded(came), ['10.1.0.254'], 'the router wrote its address on the side of the destination');
  t.is(answers[0]?.text, 'by the router', 'checksums are over the final destination (RFC 9293 section 3.9.2.1)');
  t.deepEqual(recorded(answers[0]?.options), ['10.0.0.254']);
  clock.run();
  t.is(inUse(), 0);
});

test('a strict source route is followed where its next address is on a link, and reported where it is not', async (t) => {
  const { clock, a, b, r, inUse } = await network({ sourceRoute: 'accept' });
  const send = (destination: string) =>
    a.send(a.path(destination, { headerOptions: sourceRoute([ip('10.0.0.254')], true) }), 'strictly so');
  send('10.1.0.1');
  clock.advance(100);
  t.is(b.probe.got.length, 1);
  const to = Cidr.parse('192.0.2.0/24') as Cidr;
  r.ipv4.routes.add({ to, via: ip('10.1.0.1'), interface: r.host.interfaces[1], metric: 0 });
  send('192.0.2.1');

  clock.advance(100);
  t.deepEqual(
    a.probe.errors.map(({ kind, destination }) => `${kind} ${destination}`),
    ['source-route-failed 192.0.2.1'],
    'and the transport is told of the destination that it had named',
  );
  clock.run();
  t.is(inUse(), 0);
});

// @rfc 1122 S3.2.2.6-6
test('an echo reply carries the record route and the times of its request, continued, and its source route backwards', async (t) => {
  const { clock, a, inUse } = await network({ sourceRoute: 'accept' });
  const ping = async (headerOptions: Uint8Array) =>
    (await clock.settle(a.icmp.ping('10.1.0.1', { headerOptions }))) as PingResult & { ok: true };
  const route = await ping(writeIpOptions([recordRoute(9)]));
  t.deepEqual(recorded(route.headerOptions), ['10.0.0.1', '10.1.0.254', '10.1.0.1', '10.0.0.254', '10.0.0.1']);
  const routed = await ping(sourceRoute([ip('10.0.0.254')]));
  t.deepEqual(recorded(routed.headerOptions), ['10.0.0.254']);
  const times = await ping(writeIpOptions([timestamps(4)]));
  const [stamps] = readIpOptions(times.headerOptions as Uint8Array) ?? [];
  const view = new DataView(stamps.data.buffer);
  t.deepEqual([...stamps.data.subarray(0, 2)], [37, 0x11], 'full, and the one that found no room is counted');
  const day = (clock.epoch + clock.now()) % 86_400_000;
  for (let at = 2; at < 34; at += 8) t.true(Math.abs(view.getUint32(at + 4) - day) < 2000);
  t.is(view.getUint32(10), 0x0a0100fe, 'the second is the router');
  clock.run();
  t.is(inUse(), 0);
});

test('a timestamp is noted by who is named, and one that can be counted no more makes a router drop the packet', async (t) => {
  const { clock, a, b, r, inUse } = await network();
  const named = writeIpOptions([timestamps([ip('10.1.0.254'), ip('192.0.2.1')])]);
  const result = (await clock.settle(a.icmp.ping('10.1.0.1', { headerOptions: named }))) as PingResult & { ok: true };
  const [stamps] = readIpOptions(result.headerOptions as Uint8Array) ?? [];
  t.deepEqual([stamps.data[0], stamps.data[1]], [13, 3]);
  const full = Uint8Array.of(68, 8, 9, 0xf0, 0, 0, 0, 0);
  const before = b.probe.got.length;
  const from = { source: ip('10.0.0.1'), destination: ip('10.1.0.1'), options: full };
  r.device.receive(ipFrame(r, data, from));
  clock.advance(10);
  t.is(r.ipv4.counters.badOptions, 1);
  t.is(b.probe.got.length, before);
  clock.run();
  t.is(inUse(), 0);
});

test('an error about a packet of ours on its source route is about the destination that its transport had named', async (t) => {
  const rig = await Rig.start();
  const options = Uint8Array.of(131, 7, 4, 192, 0, 2, 9, 0);
  const quote = ipBytes(data, { source: ip('10.0.0.1'), destination: PEER.ip, options });
  rig.device.receive(ipFrame(rig, icmpBytes(3, 1, 0, quote.slice(0, 36)), { protocol: 1 }));
  t.deepEqual(rig.probe.errors.length, 0, 'fewer than eight bytes are quoted');
  rig.device.receive(ipFrame(rig, icmpBytes(3, 1, 0, Uint8Array.from([...quote, 0, 0, 0, 0])), { protocol: 1 }));
  t.is(rig.probe.errors[0]?.destination, '192.0.2.9');
});

// @rfc 1122 S4.1.3.2-1 S4.1.4-1
test('a socket may be opened with options, and hears those of what it gets', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  const udp = new Udp(rig.host);
  rig.ipv4.registerLayer(udp);
  const socket = udp.open({ port: 9, headerOptions: Uint8Array.of(148, 4, 0, 0) });
  socket.send('alert', 9, PEER.ip);
  t.deepEqual(header(rig.device.take()[0].bytes).options, Uint8Array.of(148, 4, 0, 0));
  socket.sending.set({ headerOptions: null });
  socket.send('no more', 9, PEER.ip);
  t.is(header(rig.device.take()[0].bytes).options.length, 0);
  const heard: (Uint8Array | undefined)[] = [];
  socket.onMessage = (_, { headerOptions }) => heard.push(headerOptions);
  const datagram = Uint8Array.of(0, 9, 0, 9, 0, 9, 0, 0, 33);
  const other = Uint8Array.of(0x5e, 4, 1, 2);
  for (const options of [undefined, other, undefined]) {
    rig.device.receive(ipFrame(rig, datagram, options === undefined ? { protocol: 17 } : { protocol: 17, options }));
  }
  t.deepEqual(heard, [undefined, other, undefined]);
  socket.close();
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
