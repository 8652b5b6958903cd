import { SeededRandom } from '@netwright/core';
import { mutate, noise } from '@netwright/core/testing';
import { NdpFlag, NdpType, ndpMessage, ndpSize, writeNdp } from '@netwright/layers';
import { frameFields } from '@netwright/plugins';
import test from 'ava';
import { frame, ip, mac, PROBE } from './rig.js';
import { checksum6, extension, icmp6Packet, ip6Bytes, join, PEER6, Rig6, summed, viewOf } from './rig6.js';

const MUTATIONS = 20_000;

function discovery(message: ReturnType<typeof ndpMessage>, source = PEER6.ip): Uint8Array {
  const bytes = new Uint8Array(ndpSize(message));
  writeNdp(viewOf(bytes), 0, message);
  return summed(ip6Bytes(bytes, { nextHeader: 58, hopLimit: 255, source }));
}

const data = new Uint8Array(24);
const prefix = { prefix: ip('2001:db8::'), length: 64, onLink: true, autonomous: true, valid: 100, preferred: 50 };
const samples = [
  ip6Bytes(data),
  ip6Bytes(join(extension(60, 5, 2, 0, 0), extension(43, 1, 4), extension(PROBE, 0xde, 0), data), { nextHeader: 0 }),
  ip6Bytes(join(extension(PROBE, 4, 0, 0, 0, 0, 0), data), { nextHeader: 43 }),
  ip6Bytes(join(Uint8Array.from([PROBE, 0, 0, 1, 0, 0, 0, 9]), data), { nextHeader: 44 }),
  ip6Bytes(join(Uint8Array.from([PROBE, 0, 0, 24, 0, 0, 0, 9]), data), { nextHeader: 44 }),
  ip6Bytes(join(extension(44, 1, 4), Uint8Array.from([60, 0, 0, 0, 0, 0, 0, 9]), extension(PROBE, 1, 4), data), {
    nextHeader: 0,
  }),
  icmp6Packet(128, 0, 1, data),
  icmp6Packet(2, 0, 1300, ip6Bytes(data, { source: ip('fd00::1'), destination: PEER6.ip })),
  discovery(ndpMessage(NdpType.NeighbourSolicitation, { target: ip('fd00::1'), sourceLink: PEER6.mac })),
  discovery(
    ndpMessage(NdpType.NeighbourAdvertisement, { word: NdpFlag.Override, target: PEER6.ip, targetLink: PEER6.mac }),
  ),
  discovery(
    ndpMessage(NdpType.RouterAdvertisement, { word: 1800, mtu: 1400, prefixes: [prefix], sourceLink: PEER6.mac }),
    PEER6.link,
  ),
  discovery(ndpMessage(NdpType.Redirect, { target: PEER6.link, destination: ip('2001:db8::1') }), PEER6.link),
];

test(`${MUTATIONS} damaged headers, extension headers and messages make nothing throw, and leave nothing behind`, async (t) => {
  const rig = await Rig6.start({
    addresses: [['fd00::1/64'], ['fd01::1/64']],
    ndp: { autoconfigure: true, duplicates: 1 },
    ipv6: { gateway: 'fe80::2', fragments: { datagrams: 32 } },
  });
  const random = new SeededRandom('ipv6');
  for (let i = 0; i < MUTATIONS; i++) {
    const sample = samples[i % samples.length];
    let bytes = i % 40 === 0 ? noise(random.uint32() % 200, random) : mutate(sample, random);
    // Half of the ICMPv6 messages get a checksum that holds, so that what is behind it is damaged, too.
    if (i % 2 === 0 && bytes.length > 48 && bytes[6] === 58) {
      bytes = bytes.slice();
      viewOf(bytes).setUint16(4, bytes.length - 40);
      viewOf(bytes).setUint16(42, 0);
      viewOf(bytes).setUint16(42, checksum6(bytes));
    }
    const to = i % 5 === 0 ? mac('33:33:00:00:00:01') : rig.eth0.mac;
    const whole = frame(to, PEER6.mac, 0x86dd, bytes.subarray(0, 1500));
    t.notThrows(() => rig.device.receive(whole), `mutation ${i}`);
    t.notThrows(() => frameFields(whole), `fields of mutation ${i}`);
    if (i % 100 === 0) {
      rig.clock.advance(50);
      rig.send('fd00::2');
      rig.send('2001:db8::1', new Uint8Array(3000));
      rig.device.take();
    }
  }
  t.true(rig.ipv6.counters.delivered > 1000);
  t.true(rig.ndp.counters.solicitationsIn > 50);
  await rig.stack.stop();
  t.is(rig.inUse, 0);
  t.is(rig.host.timers.armed, 0);
});
