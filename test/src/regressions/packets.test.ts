// One test for each way in which a simpler stack goes wrong below its transports. Other files look closer.
import { MacAddress } from '@netwright/core';
import { readArp, readIpv4 } from '@netwright/layers';
import test from 'ava';
import { arpBytes, frame, icmpBytes, introduce, ip, ipFrame, mac, PEER, PROBE, pair, Rig } from '../wire/rig.js';

const THIRD = { ip: ip('10.0.0.3'), mac: mac('02:00:00:00:00:03') };
const OWN = ip('10.0.0.1');
const eights = (letter: string, count: number) => new TextEncoder().encode(letter.repeat(8 * count));

function reply(rig: Rig, from: typeof PEER): void {
  rig.device.receive(frame(rig.eth0.mac, from.mac, 0x0806, arpBytes('reply', from, { mac: rig.eth0.mac, ip: OWN })));
}

/** Where packets were sent: IP destination and MAC. */
function sentTo(rig: Rig): string[] {
  return rig.device.take().flatMap(({ bytes }) => {
    const view = new DataView(bytes.buffer);
    const header = readIpv4(view, 14, bytes.length - 14);
    return typeof header === 'string' || view.getUint16(12) !== 0x0800
      ? []
      : [`${header.destination} ${MacAddress.read(view, 0)}`];
  });
}

/** How often each address was asked for. */
function asked(rig: Rig): string[] {
  return rig.device.take().flatMap(({ bytes }) => {
    const view = new DataView(bytes.buffer);
    return view.getUint16(12) === 0x0806 ? [`${readArp(view, 14, 28)?.targetIp}`] : [];
  });
}

test('packets of a protocol that nobody speaks are counted, and answered by ICMP', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  rig.device.receive(ipFrame(rig, eights('x', 4), { protocol: 99 }));
  t.is(rig.ipv4.counters.unknownProtocol, 1);
  t.deepEqual(
    rig.device.take().map((each) => each.reason),
    ['icmp.unreachable'],
  );
});

test('packets that wait for two neighbours each go to their own one, whoever answers first', async (t) => {
  const rig = await Rig.start();
  rig.send('10.0.0.2');
  rig.send('10.0.0.3');
  rig.device.take();
  reply(rig, THIRD);
  t.deepEqual(sentTo(rig), ['10.0.0.3 02:00:00:00:00:03']);
  reply(rig, PEER);
  t.deepEqual(sentTo(rig), ['10.0.0.2 02:00:00:00:00:02']);
});

test('a neighbour that does not answer is asked again, and what waited for it is given up by itself', async (t) => {
  const rig = await Rig.start();
  rig.send('10.0.0.2');
  rig.clock.advance(10_000);
  t.deepEqual(asked(rig), ['10.0.0.2', '10.0.0.2', '10.0.0.2']);
  t.deepEqual(
    rig.probe.errors.map((each) => each.kind),
    ['host-unreachable'],
  );
  t.is(rig.inUse, 0);
});

test('each interface sends under its own hardware address, and takes no frame for another one', async (t) => {
  const rig = await Rig.start({ addresses: [['10.0.0.1/24'], ['10.1.0.1/24']] });
  rig.send('10.1.0.9');
  const [request] = rig.devices[1].take();
  t.is(`${MacAddress.read(new DataView(request.bytes.buffer), 6)}`, `${rig.host.interfaces[1].mac}`);
  t.not(`${rig.host.interfaces[0].mac}`, `${rig.host.interfaces[1].mac}`);
  const overheard = ipFrame(rig, eights('x', 1));
  overheard.set([2, 0, 0, 0, 0, 0x99], 0);
  rig.device.receive(overheard);
  t.deepEqual(rig.texts(), []);
});

test('neighbours are forgotten, and learned neither from packets nor from answers that nobody asked for', async (t) => {
  const rig = await Rig.start({ arp: { limit: 4 } });
  rig.device.receive(ipFrame(rig, eights('x', 1)));
  reply(rig, THIRD);
  t.deepEqual(rig.arp.entries(), []);
  for (let i = 2; i < 30; i++) {
    const from = { ip: ip(`10.0.0.${i}`), mac: mac(`02:00:00:00:01:${i.toString(16).padStart(2, '0')}`) };
    rig.device.receive(frame(MacAddress.broadcast, from.mac, 0x0806, arpBytes('request', from, { ip: OWN })));
  }
  t.true(rig.arp.entries().length <= 4);
  rig.clock.advance(3_600_000);
  t.deepEqual(rig.arp.entries(), []);
});

test("packets are cut to the interface's MTU, unless they must not be cut", async (t) => {
  const rig = await Rig.start({ mtu: 600 });
  introduce(rig);
  rig.send('10.0.0.2', new Uint8Array(1400));
  const sizes = rig.device.take().map(({ bytes }) => bytes.length - 14);
  t.is(sizes.length, 3);
  t.true(sizes.every((each) => each <= 600));
  rig.send('10.0.0.2', new Uint8Array(1400), true);
  t.deepEqual(rig.device.take(), []);
  t.is(rig.ipv4.counters.cannotFragment, 1);
});

test('packets with a wrong checksum, or for somebody else, are dropped and counted', async (t) => {
  const rig = await Rig.start();
  const damaged = ipFrame(rig, eights('x', 1));
  damaged[24] ^= 1;
  rig.device.receive(damaged, ipFrame(rig, eights('y', 1), { destination: ip('10.0.0.200') }));
  t.deepEqual(rig.texts(), []);
  t.deepEqual([rig.ipv4.counters.badChecksum, rig.ipv4.counters.notForUs], [1, 1]);
});

test('fragments may come in any order: the last one first is no datagram yet', async (t) => {
  const rig = await Rig.start();
  rig.device.receive(ipFrame(rig, eights('b', 1), { fragmentOffset: 8 }));
  t.deepEqual(rig.texts(), []);
  rig.device.receive(ipFrame(rig, eights('a', 1), { moreFragments: true }));
  t.deepEqual(rig.texts(), ['aaaaaaaabbbbbbbb']);
});

test('a datagram with a hole is not delivered, and nothing is made up for it', async (t) => {
  const rig = await Rig.start();
  rig.device.receive(
    ipFrame(rig, eights('a', 1), { moreFragments: true }),
    ipFrame(rig, eights('c', 1), { fragmentOffset: 16 }),
  );
  t.deepEqual(rig.texts(), []);
  rig.clock.advance(600_000);
  t.deepEqual(rig.texts(), []);
  t.is(rig.inUse, 0, 'it is given up without any other packet coming');
});

test('fragments of two protocols with one identification are not mixed', async (t) => {
  const rig = await Rig.start();
  rig.device.receive(
    ipFrame(rig, eights('a', 1), { moreFragments: true }),
    ipFrame(rig, eights('x', 1), { moreFragments: true, protocol: 99 }),
    ipFrame(rig, eights('y', 1), { fragmentOffset: 8, protocol: 99 }),
    ipFrame(rig, eights('b', 1), { fragmentOffset: 8, protocol: PROBE }),
  );
  t.deepEqual(rig.texts(), ['aaaaaaaabbbbbbbb']);
  t.is(rig.ipv4.counters.unknownProtocol, 1, 'the other one is put together too, and belongs to nobody');
});

test('fragments with DF and MF set are fragments', async (t) => {
  const rig = await Rig.start();
  rig.device.receive(
    ipFrame(rig, eights('a', 1), { moreFragments: true, dontFragment: true }),
    ipFrame(rig, eights('b', 1), { fragmentOffset: 8, dontFragment: true }),
  );
  t.deepEqual(rig.texts(), ['aaaaaaaabbbbbbbb']);
});

test('memory for fragments has a limit', async (t) => {
  const rig = await Rig.start();
  for (let i = 0; i < 5000; i++) {
    rig.device.receive(ipFrame(rig, eights('a', 100), { identification: i, moreFragments: true }));
  }
  t.true(rig.inUse < 2048, `${rig.inUse} packets are kept`);
  rig.device.receive(
    ipFrame(rig, eights('a', 1), { identification: 6000, moreFragments: true }),
    ipFrame(rig, eights('b', 1), { identification: 6000, fragmentOffset: 8 }),
  );
  t.deepEqual(rig.texts(), ['aaaaaaaabbbbbbbb'], 'a sound datagram still gets through');
  rig.clock.advance(600_000);
  t.is(rig.inUse, 0);
});

test('the stack answers pings itself', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  rig.device.receive(ipFrame(rig, icmpBytes(8, 0, 0x00010001, eights('p', 2)), { protocol: 1 }));
  t.deepEqual(
    rig.device.take().map((each) => each.reason),
    ['icmp.echo.reply'],
  );
});

test('what a device sends does not come back as received', async (t) => {
  const [a, b] = await pair();
  introduce(a);
  a.arp.set(ip('10.0.0.2'), b.eth0.mac, a.eth0);
  a.send('10.0.0.2');
  a.clock.run();
  t.deepEqual(b.texts(), ['hello']);
  t.deepEqual(a.texts(), []);
});
