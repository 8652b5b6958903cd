import { ChecksumState, PacketPool, SeededRandom } from '@netwright/core';
import {
  type FragmentPolicyName,
  fragmentIpv4,
  fragmentPolicies,
  type Ipv4Header,
  Protocol,
  readIpv4,
  writeIpOptions,
} from '@netwright/layers';
import test from 'ava';
import fc from 'fast-check';
import { introduce, ip, ipBytes, ipFrame, leftOver, PROBE, pair, Rig, type RigOptions, sum } from './rig.js';

/** `count` bytes of 8 times the letter, at `offset`. */
type Piece = readonly [letter: string, offset: number, count: number];

const bytesOf = (letter: string, count: number) => new Uint8Array(count).fill(letter.charCodeAt(0));

function give(rig: Rig, [letter, offset, count]: Piece, header: Partial<Ipv4Header> = {}): void {
  const fields = { moreFragments: true, fragmentOffset: offset, ...header };
  rig.device.receive(ipFrame(rig, bytesOf(letter, count), fields));
}

/** What was reassembled, one letter for 8 bytes. */
function letters(rig: Rig): string[] {
  return rig.texts().map((text) => text.replace(/(.)\1{7}/g, '$1'));
}

const names = Object.keys(fragmentPolicies) as FragmentPolicyName[];

/**
 * The sequence of Novak's "Target-Based Fragmentation Reassembly" (2005): nine fragments, then eight that overlap
 * them in every way, each drawn as
 *
 *     0       32  48    72  80   104 120   144 160 176
 *     AAA     BB  CCC       D    EE  FFF   GG  HH  I
 *      JJJJ       KKK   LLL    MMM    N     O  P   QQ
 */
const first: Piece[] = [
  ['A', 0, 24],
  ['B', 32, 16],
  ['C', 48, 24],
  ['D', 80, 8],
  ['E', 104, 16],
  ['F', 120, 24],
  ['G', 144, 16],
  ['H', 160, 16],
  ['I', 176, 8],
];
const second: Piece[] = [
  ['J', 8, 32],
  ['K', 48, 24],
  ['L', 72, 24],
  ['M', 96, 24],
  ['N', 128, 8],
  ['O', 152, 8],
  ['P', 160, 8],
  ['Q', 176, 16],
];

/**
 * What each system makes of it, a letter for 8 bytes. To be read by what overlaps: J behind the start of A and before
 * B; K on C; L around D; M before E, with one end; N within F; O at the end of G; P at the start of H; Q on I, longer.
 */
const results: Record<Exclude<FragmentPolicyName, 'drop'>, string> = {
  first: 'AAAJBBCCCLDLMEEFFFGGHHIQ',
  last: 'AJJJJBKKKLLLMMMFNFGOPHQQ',
  bsd: 'AAAJJBCCCLLLMMMFFFGGHHIQ',
  'bsd-right': 'AJJJBBKKKLDLMEEFNFGOPHQQ',
  linux: 'AAAJJBKKKLLLMMMFFFGGPHQQ',
  windows: 'AAAJBBCCCLLLMEEFFFGGHHIQ',
  solaris: 'AAAJBBCCCLLLMMMFFFGGHHIQ',
};

for (const [policy, expected] of Object.entries(results)) {
  test(`overlapping fragments under the policy ${policy}: ${expected}`, async (t) => {
    const rig = await Rig.start({ fragments: fragmentPolicies[policy as FragmentPolicyName] });
    for (const piece of [...first, ...second]) give(rig, piece, { moreFragments: piece[0] !== 'Q' });
    t.deepEqual(letters(rig), [expected]);
    t.is(rig.inUse, 0);
    t.is(rig.host.timers.armed, 0);
  });
}

test('under the policy drop an overlap discards the datagram, and what still comes of it; a duplicate does not', async (t) => {
  const rig = await Rig.start({ fragments: fragmentPolicies.drop });
  for (const piece of [...first, ...second]) give(rig, piece, { moreFragments: piece[0] !== 'Q' });
  t.deepEqual(letters(rig), []);
  t.is(rig.ipv4.counters.datagramsOverlapping, 1);
  t.is(rig.inUse, 0, 'nothing is kept of it but the fact');
  give(rig, ['A', 0, 8], { identification: 8 });
  give(rig, ['A', 0, 8], { identification: 8 });
  give(rig, ['B', 8, 8], { identification: 8, moreFragments: false });
  t.deepEqual(letters(rig), ['AB']);
  t.is(rig.ipv4.counters.fragmentDuplicates, 1);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

/** What a policy makes of fragments, byte by byte of 8, after its definition: `kept` as pieces, the newest decided one by one. */
function model(policy: Exclude<FragmentPolicyName, 'drop'>, pieces: readonly Piece[]): string {
  const prefers = fragmentPolicies[policy].prefersNew;
  const cells: string[] = [];
  for (const [letter, offset, count] of pieces) {
    const [start, end] = [offset / 8, (offset + count) / 8];
    const before = [...cells];
    for (let at = start; at < end; at++) {
      if (before[at] === undefined) {
        cells[at] = letter;
        continue;
      }
      // The run of the same letter around this cell is the piece that is kept.
      let [from, to] = [at, at + 1];
      while (before[from - 1] === before[at]) from--;
      while (before[to] === before[at]) to++;
      if (prefers(from * 8, to * 8, offset, offset + count)) cells[at] = letter;
    }
  }
  return cells.join('');
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

for (const policy of names.filter((each) => each !== 'drop')) {
  test(`any fragments in any order give what the policy ${policy} says`, async (t) => {
    const rig = await Rig.start({ fragments: fragmentPolicies[policy] });
    let identification = 0;
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 1, max: 6 })), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(spans, (list) => {
        identification++;
        // Each fragment has a letter of its own; the last two fill what was left open.
        const pieces: Piece[] = list.map(([at, length], i) => [LETTERS[i], at * 8, length * 8]);
        pieces.push(['Y', 0, 160]);
        for (const piece of pieces) give(rig, piece, { identification });
        give(rig, ['Z', 160, 8], { identification, moreFragments: false });
        const expected = `${model(policy as Exclude<FragmentPolicyName, 'drop'>, pieces)}Z`;
        t.deepEqual(letters(rig), [expected]);
        rig.probe.got.length = 0;
      }),
      { seed: 3, numRuns: 200 },
    );
    t.is(rig.inUse, 0);
  });
}

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length < 2) yield [...items];
  for (let i = 0; i < items.length && items.length > 1; i++) {
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [items[i], ...rest];
  }
}

for (const policy of names) {
  // @rfc 1122 S3.2.1.4-1
  // @rfc 791 S3.2-2
  test(`four fragments in each of their orders make the datagram, the last one first too: ${policy}`, async (t) => {
    const rig = await Rig.start({ fragments: fragmentPolicies[policy] });
    const pieces: Piece[] = [
      ['A', 0, 16],
      ['B', 16, 8],
      ['C', 24, 24],
      ['D', 48, 5],
    ];
    let identification = 0;
    for (const order of permutations(pieces)) {
      identification++;
      for (const [at, piece] of order.entries()) {
        t.is(rig.probe.got.length, 0, `complete after ${at} of 4`);
        give(rig, piece, { identification, moreFragments: piece[0] !== 'D' });
      }
      t.deepEqual(rig.texts(), ['AAAAAAAAAAAAAAAABBBBBBBBCCCCCCCCCCCCCCCCCCCCCCCCDDDDD']);
      rig.probe.got.length = 0;
    }
    t.is(identification, 24);
    t.is(rig.inUse, 0);
  });
}

test('a hole is never filled with anything: the datagram waits', async (t) => {
  const rig = await Rig.start();
  give(rig, ['A', 0, 8]);
  give(rig, ['C', 16, 8], { moreFragments: false });
  t.is(rig.probe.got.length, 0);
  give(rig, ['B', 8, 8]);
  t.deepEqual(letters(rig), ['ABC']);
});

// @rfc 791 S3.2-2
test('fragments of different protocols, sources or identifications are never mixed', async (t) => {
  const rig = await Rig.start();
  give(rig, ['A', 0, 8]);
  give(rig, ['B', 8, 8], { moreFragments: false, protocol: 254 });
  give(rig, ['B', 8, 8], { moreFragments: false, identification: 9 });
  give(rig, ['B', 8, 8], { moreFragments: false, source: ip('10.0.0.3') });
  t.is(rig.probe.got.length, 0);
  t.is(rig.inUse, 4);
  give(rig, ['B', 8, 8], { moreFragments: false });
  t.deepEqual(letters(rig), ['AB']);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

test('a fragment with DF set is a fragment all the same', async (t) => {
  const rig = await Rig.start();
  give(rig, ['A', 0, 8], { dontFragment: true });
  give(rig, ['B', 8, 8], { dontFragment: true, moreFragments: false });
  t.deepEqual(letters(rig), ['AB']);
});

// @rfc 1122 S3.3.2-3
// @rfc 791 S3.2-4
// @rfc 792 R6
test('after 60 s a datagram is given up; its sender is told if the first fragment came', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  give(rig, ['A', 0, 16]);
  rig.clock.advance(30_000);
  give(rig, ['B', 16, 8]);
  give(rig, ['B', 16, 8], { identification: 8 });
  rig.clock.advance(29_999);
  t.is(rig.device.take().length, 0);
  rig.clock.advance(1);
  const [error] = rig.device.take();
  t.is(error.reason, 'icmp.time-exceeded');
  t.deepEqual([...error.bytes.subarray(34, 36)], [11, 1]);
  t.is(rig.ipv4.counters.datagramsExpired, 1);
  rig.clock.run();
  t.is(rig.ipv4.counters.datagramsExpired, 2);
  t.is(rig.device.take().length, 0, 'nothing about the one whose first fragment never came');
  t.is(rig.inUse, 0);
  t.is(rig.host.timers.armed, 0);
});

test('fragments that reach beyond 65535 bytes are dropped (ping of death)', async (t) => {
  const rig = await Rig.start();
  give(rig, ['A', 65528, 8], { moreFragments: false });
  give(rig, ['A', 65512, 8], { moreFragments: false });
  t.is(rig.ipv4.counters.fragmentOversized, 2, 'the header of 20 bytes counts, too');
  t.is(rig.inUse, 0);
  give(rig, ['A', 65504, 8], { moreFragments: false });
  t.is(rig.inUse, 1);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

// @rfc 1858 S3.2-1 S3.2-2 S4.2-1
test('tiny fragments of TCP are dropped (RFC 1858); of other protocols they are taken', async (t) => {
  const rig = await Rig.start();
  give(rig, ['A', 0, 8], { protocol: Protocol.Tcp });
  give(rig, ['A', 8, 24], { protocol: Protocol.Tcp });
  t.is(rig.ipv4.counters.fragmentTiny, 2);
  give(rig, ['A', 0, 24], { protocol: Protocol.Tcp });
  t.is(rig.ipv4.counters.fragmentTiny, 2);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

test('empty fragments, odd lengths and contradicting ends are dropped and counted', async (t) => {
  const rig = await Rig.start();
  give(rig, ['A', 8, 0]);
  give(rig, ['A', 0, 7]);
  t.is(rig.ipv4.counters.fragmentMalformed, 2);
  give(rig, ['A', 16, 8], { moreFragments: false });
  give(rig, ['B', 16, 16], { moreFragments: false });
  give(rig, ['B', 24, 8]);
  t.is(rig.ipv4.counters.fragmentInconsistent, 2);
  give(rig, ['C', 40, 8], { identification: 8 });
  give(rig, ['C', 8, 8], { identification: 8, moreFragments: false });
  t.is(rig.ipv4.counters.fragmentInconsistent, 3);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

test('memory for fragments is bounded, and the oldest datagrams go first', async (t) => {
  const limit = 20 * 2048;
  const rig = await Rig.start({ ipv4: { fragments: { memory: limit, datagrams: 15, perDatagram: 10 } } });
  for (let identification = 0; identification < 100; identification++) {
    give(rig, ['A', 0, 8], { identification });
    give(rig, ['B', 16, 8], { identification });
    t.true(rig.inUse <= 20);
  }
  t.is(rig.ipv4.counters.datagramsEvicted, 90);
  give(rig, ['C', 8, 8], { identification: 99 });
  give(rig, ['D', 24, 8], { identification: 99, moreFragments: false });
  t.deepEqual(letters(rig), ['ACBD'], 'the newest is still there');
  for (let i = 0; i < 100; i++) give(rig, ['A', 8 * i, 8], { identification: 100 });
  t.is(rig.ipv4.counters.fragmentTooMany, 90);
  for (let identification = 200; identification < 300; identification++) give(rig, ['A', 0, 8], { identification });
  t.is(rig.inUse, 15);
  rig.clock.run();
  t.is(rig.inUse, 0);
});

// @rfc 3168 S5.3-1
// @rfc 1122 S3.2.1.6-2
test('a congestion mark on one fragment marks the datagram (RFC 3168 section 5.3)', async (t) => {
  const rig = await Rig.start();
  let seen = -1;
  const receive = rig.probe.receive.bind(rig.probe);
  rig.probe.receive = (packet) => {
    seen = packet.trafficClass;
    receive(packet);
  };
  give(rig, ['A', 0, 8], { trafficClass: 0x02 });
  give(rig, ['B', 8, 8], { trafficClass: 0x03, moreFragments: false });
  t.is(seen, 3);
  give(rig, ['A', 0, 8], { trafficClass: 0x00, identification: 8 });
  give(rig, ['B', 8, 8], { trafficClass: 0x03, identification: 8, moreFragments: false });
  t.is(rig.probe.got.length, 1, 'a mark beside a fragment that cannot be marked is not to be trusted');
  t.is(rig.inUse, 0);
});

// @rfc 1122 S3.3.3-2
// @rfc 791 S3.2-1 S3.2-5
test('a packet is cut to the MTU, and made whole by the other stack', async (t) => {
  for (const mtu of [68, 576, 1006, 1500]) {
    const [a, b] = await pair({ mtu }, { mtu });
    const data = new Uint8Array(5000).map((_, i) => i * 7);
    a.send('10.0.0.2', data);
    a.clock.advance(100);
    t.deepEqual(
      b.probe.got.map((each) => each.data),
      [data],
    );
    const sent = a.device.take().slice(1);
    t.true(sent.every(({ bytes, reason }) => bytes.length <= mtu + 14 && reason === sent[0].reason));
    t.is(a.ipv4.counters.fragmentsSent, sent.length);
    t.is(sent.length, Math.ceil(5000 / ((mtu - 20) & ~7)));
    a.clock.run();
    t.is(a.inUse + b.inUse, 0);
  }
});

test('any packet that is cut, even twice, gives the same bytes again', async (t) => {
  const pool = new PacketPool({ small: 1024, large: 16 });
  const rig = await Rig.start();
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 4000 }),
    fc.integer({ min: 68, max: 1500 }),
    fc.integer({ min: 68, max: 1500 }),
    fc.boolean(),
  );
  let identification = 0;
  fc.assert(
    fc.property(sizes, ([length, mtu, smaller, withOptions]) => {
      identification++;
      const payload = new Uint8Array(length).map((_, i) => i * 13);
      const options = withOptions
        ? writeIpOptions([
            { kind: 148, data: Uint8Array.of(0, 0) },
            { kind: 7, data: Uint8Array.of(4, 0, 0, 0, 0) },
          ])
        : new Uint8Array(0);
      const whole = pool.takeWith(ipBytes(payload, { identification, options }));
      if (whole === null) throw new Error('no slot');
      const cut = fragmentIpv4(whole, mtu) ?? [];
      const twice = cut.flatMap((each) => (each.length > smaller ? (fragmentIpv4(each, smaller) ?? []) : [each]));
      for (const [i, piece] of twice.entries()) {
        const bytes = piece.toBytes();
        piece.release();
        const header = readIpv4(new DataView(bytes.buffer), 0, bytes.length);
        if (typeof header === 'string') throw new Error(header);
        t.is(sum(bytes.subarray(0, 20 + header.options.length)), 0xffff);
        t.is(header.totalLength, bytes.length);
        // Only the router alert says that fragments copy it.
        if (withOptions) t.is(header.options.length, i === 0 ? options.length : 4);
        rig.device.receive(ipFrame(rig, bytes.subarray(20 + header.options.length), header));
      }
      t.deepEqual(rig.probe.got.pop()?.data, payload);
    }),
    { seed: 5, numRuns: 150 },
  );
  t.is(pool.inUse + rig.inUse, 0);
});

test('a checksum that was left to the device is completed before a packet is cut', async (t) => {
  const [a, b] = await pair();
  const data = new Uint8Array(2000).fill(1);
  // A UDP header whose checksum field holds a pseudo-header sum.
  data.set([0, 1, 0, 2, 0x07, 0xd0, 0x12, 0x34]);
  a.host.turn.run(() => {
    const packet = a.host.pool.takeWith(data);
    if (packet === null) return;
    packet.checksum = ChecksumState.Partial;
    a.ipv4.send(packet, a.path('10.0.0.2'), Protocol.Udp);
  });
  const got: Uint8Array[] = [];
  b.probe.receive = (packet) => {
    got.push(packet.toBytes());
    packet.release();
  };
  (b.ipv4.uppers as Map<number, typeof b.probe>).set(Protocol.Udp, b.probe);
  b.clock.advance(10);
  t.is(got.length, 1);
  const before = ~sum(data) & 0xffff;
  t.is((got[0][6] << 8) | got[0][7], before);
  t.is(a.inUse + b.inUse, 0);
});

test('without memory nothing is sent, and nothing leaks', async (t) => {
  const rig = await Rig.start();
  introduce(rig);
  const path = rig.path('10.0.0.2');
  const hoard = [];
  for (let each = rig.host.pool.take(); each !== null; each = rig.host.pool.take()) hoard.push(each);
  hoard.pop()?.release();
  hoard.pop()?.release();
  rig.send(path, new Uint8Array(9000));
  t.is(rig.ipv4.counters.noMemory, 1);
  for (const each of hoard) each.release();
  t.is(rig.device.take().length, 0);
  t.is(rig.inUse, 0);
});

test('20000 mutated fragments under each policy: nothing throws, nothing leaks', async (t) => {
  const random = new SeededRandom('fragments');
  for (const policy of names) {
    const options: RigOptions = { fragments: fragmentPolicies[policy], icmp: { errors: false } };
    const rig = await Rig.start(options);
    for (let i = 0; i < 2500; i++) {
      const count = 8 * (random.uint32() % 12) + (random.uint32() % 8 === 0 ? random.uint32() % 8 : 0);
      const header = {
        identification: random.uint32() % 16,
        fragmentOffset: 8 * (random.uint32() % (random.uint32() % 50 === 0 ? 8192 : 20)),
        moreFragments: random.uint32() % 6 !== 0,
        protocol: random.uint32() % 5 === 0 ? Protocol.Tcp : PROBE,
      };
      give(rig, ['x', header.fragmentOffset, count], header);
      if (i % 50 === 0) rig.clock.advance(random.uint32() % 20_000);
    }
    const { received, delivered, fragments, reassembled, unknownProtocol } = rig.ipv4.counters;
    t.is(received, delivered + unknownProtocol + fragments - reassembled);
    t.true(fragments > 2000);
    rig.clock.run();
    t.is(rig.inUse, 0);
    t.is(rig.host.timers.armed, 0);
  }
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
