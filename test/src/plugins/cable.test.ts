import { ChecksumState, type Device, type Packet, PacketPool, SeededRandom, VirtualClock } from '@netwright/core';
import { Cable, type CableProperties } from '@netwright/plugins';
import test from 'ava';

/** One end of a cable, what arrived there and when. */
class End {
  readonly got: { at: number; text: string; packet: Packet }[] = [];
  readonly batches: number[] = [];
  keep = false;

  constructor(
    readonly device: Device,
    readonly pool: PacketPool,
    private readonly clock: VirtualClock,
  ) {
    device.open(this);
  }

  receive(batch: Packet[], count: number): void {
    this.batches.push(count);
    for (const packet of batch.slice(0, count)) {
      this.got.push({ at: this.clock.now(), text: Buffer.from(packet.toBytes()).toString(), packet });
      if (!this.keep) packet.release();
    }
  }

  send(...texts: string[]): void {
    const packets = texts.map((text) => this.pool.takeWith(Buffer.from(text)) as Packet);
    this.device.send(packets, packets.length);
  }

  get texts(): string[] {
    return this.got.map((each) => each.text);
  }
}

function pair(properties: CableProperties = {}, pools = [new PacketPool()], seed = 1) {
  const clock = new VirtualClock();
  const cable = new Cable({ clock, random: new SeededRandom(seed), ...properties });
  const ends = [cable.attach('a', pools[0]), cable.attach('b', pools[pools.length - 1])];
  const a = new End(ends[0], pools[0], clock);
  const b = new End(ends[1], pools[pools.length - 1], clock);
  return { clock, cable, a, b, pool: pools[0] };
}

/** Numbered frames of 100 bytes, `gap` ms apart. */
function stream(count: number, properties: CableProperties, { gap = 1, seed = 1 } = {}) {
  const world = pair(properties, [new PacketPool()], seed);
  for (let i = 0; i < count; i++) {
    world.a.send(String(i).padEnd(100, '.'));
    world.clock.advance(gap);
  }
  world.clock.run();
  return {
    ...world,
    numbers: world.b.got.map((each) => Number.parseInt(each.text, 10)),
    counters: world.cable.counters.get('a')!,
  };
}

test('a plain cable delivers in order, at once, and never inside send', (t) => {
  const { a, b, clock, pool } = pair();
  a.send('one', 'two');
  t.deepEqual(b.texts, []);
  clock.run();
  t.deepEqual(b.texts, ['one', 'two']);
  t.deepEqual(b.batches, [2]);
  b.send('back');
  clock.run();
  t.deepEqual(a.texts, ['back']);
  t.is(clock.now(), 0);
  t.is(pool.inUse, 0);
});

test('latency is the time from sending to receiving, and frames sent together arrive together', (t) => {
  const { a, b, clock } = pair({ latency: 10 });
  a.send('x', 'y');
  clock.advance(9.999);
  t.is(b.got.length, 0);
  clock.run();
  t.deepEqual(
    b.got.map((each) => each.at),
    [10, 10],
  );
  t.deepEqual(b.batches, [2]);
});

test('one alarm serves all frames under way, and more than a batch comes in several turns of the same time', (t) => {
  const { a, b, clock } = pair({ latency: 5 });
  for (let i = 0; i < 600; i++) a.send(`${i}`);
  t.is(clock.pending, 1);
  clock.run();
  t.deepEqual(b.batches, [256, 256, 88]);
  t.is(clock.now(), 5);
});

test('between stacks with one pool the very packet is handed over, and what the sender knew is forgotten', (t) => {
  const { a, b, clock, pool } = pair();
  b.keep = true;
  const packet = pool.takeWith(new Uint8Array(60))!;
  packet.network = packet.start + 14;
  packet.segmentSize = 1000;
  packet.reason = { name: 'test', tokens: [] };
  a.device.send([packet], 1);
  clock.run();
  const received = b.got[0].packet;
  t.is(received, packet);
  t.is(received.reason, null);
  t.is(received.network, 0);
  t.is(received.segmentSize, 1000);
  received.release();
  t.is(pool.inUse, 0);
});

test('between stacks with pools of their own frames are copied', (t) => {
  const pools = [new PacketPool(), new PacketPool()];
  const { a, b, clock } = pair({}, pools);
  b.keep = true;
  a.send('hello');
  clock.run();
  t.is(pools[0].inUse, 0);
  t.is(b.got[0].packet.pool, pools[1]);
  b.got[0].packet.release();
  t.is(pools[1].inUse, 0);
});

test('a packet that its sender keeps is copied, so that both may use theirs', (t) => {
  const { a, b, clock, pool } = pair({ latency: 1 });
  const kept = pool.takeWith(Buffer.from('first'))!.retain();
  a.device.send([kept], 1);
  kept.bytes[kept.start] = 0x46;
  clock.run();
  t.deepEqual(b.texts, ['first']);
  kept.release();
  t.is(pool.inUse, 0);
});

test('loss takes its share of the frames and leaves the others in order', (t) => {
  const { numbers, counters, pool } = stream(5000, { loss: 0.1 });
  t.true(Math.abs(counters.lost - 500) < 75, `${counters.lost}`);
  t.is(numbers.length, 5000 - counters.lost);
  t.deepEqual(
    numbers,
    [...numbers].sort((x, y) => x - y),
  );
  t.is(pool.inUse, 0);
});

test('losses in bursts have the mean length that leaving a burst gives them', (t) => {
  const { numbers, counters } = stream(20000, { burst: { enter: 0.01, leave: 0.25 } }, { gap: 0 });
  const arrived = new Set(numbers);
  let bursts = 0;
  for (let i = 1; i < 20000; i++) if (!arrived.has(i) && arrived.has(i - 1)) bursts++;
  const length = counters.lost / bursts;
  t.true(length > 3.4 && length < 4.6, `mean burst of ${length}`);
  // The share of time in the bad state: enter / (enter + leave).
  t.true(Math.abs(counters.lost / 20000 - 0.01 / 0.26) < 0.012, `${counters.lost}`);
});

test('reordering lets later frames overtake, for its share of the frames, and loses none', (t) => {
  const { numbers, counters, pool } = stream(2000, { latency: 10, reorder: 0.05, reorderDelay: 3.5 });
  t.true(Math.abs(counters.reordered - 100) < 40, `${counters.reordered}`);
  t.is(numbers.length, 2000);
  const overtaken = numbers.filter((n, i) => i > 0 && n < Math.max(...numbers.slice(Math.max(0, i - 10), i))).length;
  t.true(overtaken > 50, `${overtaken}`);
  t.is(pool.inUse, 0);
});

test('jitter moves arrivals within its bounds and keeps the order', (t) => {
  const { b, numbers } = stream(1000, { latency: 10, jitter: 4 }, { gap: 20 });
  const delays = b.got.map((each, i) => each.at - i * 20);
  t.true(Math.min(...delays) >= 6 && Math.max(...delays) <= 14);
  t.true(Math.min(...delays) < 7 && Math.max(...delays) > 13);
  t.deepEqual(
    numbers,
    [...numbers].sort((x, y) => x - y),
  );
});

test('duplicates come right behind their originals', (t) => {
  const { numbers, counters, pool } = stream(3000, { duplicate: 0.1 });
  t.true(Math.abs(counters.duplicated - 300) < 70, `${counters.duplicated}`);
  t.is(numbers.length, 3000 + counters.duplicated);
  t.is(numbers.filter((n, i) => i > 0 && n === numbers[i - 1]).length, counters.duplicated);
  t.is(counters.delivered, numbers.length);
  t.is(pool.inUse, 0);
});

test('corruption flips one bit of a frame', (t) => {
  const { b, counters } = stream(2000, { corrupt: 0.1 });
  t.true(Math.abs(counters.corrupted - 200) < 60, `${counters.corrupted}`);
  const { b: clean } = stream(2000, {});
  const changed = b.got.filter((each, i) => each.text !== clean.got[i].text).length;
  t.is(changed, counters.corrupted);
});

test('a cable that corrupts offloads no checksums, another may', (t) => {
  t.true(pair({ offload: { checksum: true } }).a.device.offload.checksum);
  t.false(pair({ offload: { checksum: true }, corrupt: 0.1 }).a.device.offload.checksum);
  const { a, b, clock } = pair({ offload: { checksum: true } });
  b.keep = true;
  a.send('x');
  clock.run();
  t.is(b.got[0].packet.checksum, ChecksumState.Verified);
});

test('the rate spaces frames by their length', (t) => {
  const { a, b, clock } = pair({ rate: 8_000_000, latency: 1 });
  a.send('x'.repeat(1000), 'y'.repeat(500), 'z'.repeat(1000));
  clock.run();
  t.deepEqual(
    b.got.map((each) => each.at),
    [2, 2.5, 3.5],
  );
});

test('a full queue drops the last to come: by frames and by bytes', (t) => {
  const frames = pair({ rate: 8_000_000, queue: { frames: 3 } });
  for (let i = 0; i < 10; i++) frames.a.send(`${i}`.repeat(1000));
  frames.clock.run();
  // One is being sent while three wait.
  t.deepEqual(
    frames.b.texts.map((text) => text[0]),
    ['0', '1', '2', '3'],
  );
  t.is(frames.cable.counters.get('a')?.queueDropped, 6);
  frames.a.send('later');
  frames.clock.run();
  t.is(frames.b.texts.at(-1), 'later');
  t.is(frames.pool.inUse, 0);

  const bytes = pair({ rate: 8_000_000, queue: { bytes: 2500 } });
  for (let i = 0; i < 10; i++) bytes.a.send(`${i}`.repeat(1000));
  bytes.clock.run();
  t.is(bytes.b.got.length, 2);
});

test('frames larger than the MTU are dropped and counted, super-segments pass where cutting is offloaded', (t) => {
  const { a, b, clock, cable, pool } = pair({ mtu: 100 });
  a.send('x'.repeat(119), 'fits');
  clock.run();
  t.deepEqual(b.texts, ['fits']);
  t.is(cable.counters.get('a')?.oversized, 1);
  t.is(pool.inUse, 0);

  const large = pair({ mtu: 1500, offload: { segmentation: 65536 } });
  const packet = large.pool.takeWith(new Uint8Array(40000))!;
  packet.segmentSize = 1460;
  large.a.device.send([packet], 1);
  large.clock.run();
  t.is(large.b.got.length, 1);
});

test('each direction may have impairments of its own', (t) => {
  const { a, b, clock } = pair({ latency: 10, from: { b: { latency: 30 } } });
  a.send('there');
  clock.run();
  b.send('back');
  clock.run();
  t.is(b.got[0].at, 10);
  t.is(a.got[0].at, 40);
});

test('impairments from an end that the cable does not have are an error with a code', (t) => {
  t.throws(() => pair({ from: { c: { loss: 1 } } }), { code: 'CABLE_END_UNKNOWN', message: /Its ends are: a, b\./ });
});

test('while the cable is down frames are lost, and those under way still arrive', (t) => {
  const { a, b, clock, cable } = pair({ latency: 10 });
  a.send('before');
  cable.setUp(false);
  a.send('during');
  clock.run();
  cable.setUp(true);
  a.send('after');
  clock.run();
  t.deepEqual(b.texts, ['before', 'after']);
  t.is(cable.counters.get('a')?.lost, 1);
});

test('closing an end drops what was on its way there, and not what it has sent', (t) => {
  const { a, b, clock, pool } = pair({ latency: 10 });
  a.send('to b');
  b.send('farewell');
  b.device.close();
  clock.run();
  t.deepEqual(a.texts, ['farewell']);
  t.deepEqual(b.texts, []);
  a.send('into the void');
  a.device.close();
  t.is(pool.inUse, 0);
  t.is(clock.pending, 0);
});

test('the same seed decides the same for each frame, another seed does not', (t) => {
  const all = { latency: 10, jitter: 2, loss: 0.05, reorder: 0.05, duplicate: 0.05, corrupt: 0.05 };
  const run = (seed: number) => stream(500, all, { seed }).b.got.map(({ at, text }) => `${at} ${text}`);
  t.deepEqual(run(7), run(7));
  t.notDeepEqual(run(7), run(8));
});

test('turning one impairment on does not move the pattern of another', (t) => {
  const alone = new Set(stream(1000, { loss: 0.1 }).numbers);
  const together = new Set(stream(1000, { loss: 0.1, jitter: 1, latency: 5, duplicate: 0.3, reorder: 0.2 }).numbers);
  t.deepEqual([...together].sort(), [...alone].sort());
});

test('a hundred thousand frames leave no slot in use and no alarm set', (t) => {
  const { a, b, clock, cable, pool } = pair({ latency: 1, loss: 0.01, duplicate: 0.01, reorder: 0.01, rate: 1e9 });
  for (let i = 0; i < 1000; i++) {
    a.send(...Array.from({ length: 100 }, () => 'frame'));
    clock.advance(1);
    b.got.length = 0;
  }
  clock.run();
  const counters = cable.counters.get('a')!;
  t.is(counters.sent, 100_000);
  t.is(counters.delivered, counters.sent - counters.lost - counters.queueDropped + counters.duplicated);
  t.is(pool.inUse, 0);
  t.is(clock.pending, 0);
});
