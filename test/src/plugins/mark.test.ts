import { type Packet, PacketPool, plainChecksum, SeededRandom, VirtualClock } from '@netwright/core';
import { Cable } from '@netwright/plugins';
import test from 'ava';

/** What becomes of an Ethernet frame on a cable that marks all it may. */
function through(bytes: Uint8Array): { bytes: Uint8Array; marked: number } {
  const clock = new VirtualClock();
  const pool = new PacketPool();
  const cable = new Cable({ clock, random: new SeededRandom(1), mark: 1 });
  const [a, b] = [cable.attach('a', pool), cable.attach('b', pool)];
  let got: Uint8Array = new Uint8Array();
  b.open({
    pool,
    receive: (batch) => {
      got = batch[0].toBytes().slice();
      batch[0].release();
    },
  });
  a.open({ pool, receive: () => {} });
  a.send([pool.takeWith(bytes) as Packet], 1);
  clock.advance(10);
  return { bytes: got, marked: cable.counters.get('a')?.marked ?? -1 };
}

/** A frame with nothing but an IP header, of `type`. */
function frame(type: number, header: number[]): Uint8Array {
  const bytes = new Uint8Array(74);
  bytes.set([type >> 8, type & 0xff, ...header], 12);
  return bytes;
}

function ipv4(codepoint: number): Uint8Array {
  const bytes = frame(0x0800, [0x45, 0xb8 | codepoint, 0, 60, 1, 2, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
  const view = new DataView(bytes.buffer);
  view.setUint16(24, ~plainChecksum(view)(14, 20) & 0xffff);
  return bytes;
}

test('a packet that is ECN-capable is marked, and its header checksum stays right', (t) => {
  for (const codepoint of [1, 2]) {
    const { bytes, marked } = through(ipv4(codepoint));
    t.is(marked, 1);
    t.is(bytes[15], 0xbb, 'CE, and the DSCP as it was');
    t.is(plainChecksum(new DataView(bytes.buffer))(14, 20), 0xffff);
  }
});

test('one that is not, or is marked already, is left alone', (t) => {
  for (const codepoint of [0, 3]) {
    const before = ipv4(codepoint);
    const { bytes, marked } = through(before.slice());
    t.is(marked, 0);
    t.deepEqual(bytes, before);
  }
});

test('a packet of IPv6 is marked in its traffic class', (t) => {
  const { bytes, marked } = through(frame(0x86dd, [0x6b, 0xa1, 0x23, 0x45]));
  t.is(marked, 1);
  t.deepEqual([...bytes.subarray(14, 18)], [0x6b, 0xb1, 0x23, 0x45]);
});

test('what is no IP packet is not touched', (t) => {
  const before = frame(0x0806, [0x00, 0x02, 0x02, 0x02]);
  const { bytes, marked } = through(before.slice());
  t.is(marked, 0);
  t.deepEqual(bytes, before);
});
