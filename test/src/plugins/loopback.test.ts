import { Host, type Packet, PacketPool, SeededRandom, Stack, VirtualClock } from '@netwright/core';
import { FaultDevice, Loopback, metrics, PcapngWriter, prometheusText, Replay } from '@netwright/plugins';
import test from 'ava';
import { arp, conversation } from './frames.js';

function host(make: (clock: VirtualClock) => ConstructorParameters<typeof FaultDevice>[0]) {
  const clock = new VirtualClock();
  const pool = new PacketPool();
  const made = Host.create({ name: 'me', clock, random: new SeededRandom(1), pool });
  const device = make(clock);
  const eth0 = made.attach(device);
  const got: { at: number; bytes: Uint8Array }[] = [];
  eth0.link = {
    receive(packet: Packet) {
      got.push({ at: clock.now(), bytes: packet.toBytes() });
      packet.release();
    },
  };
  return { clock, pool, host: made, device, eth0, got };
}

test('what is sent into a loopback comes back to the same stack, in a turn of its own', async (t) => {
  const { clock, pool, eth0, got } = host((clock) => new Loopback(clock));
  await eth0.open();
  eth0.transmit(pool.takeWith(arp(1))!);
  t.is(got.length, 0);
  clock.run();
  t.deepEqual(got[0].bytes, arp(1));
  eth0.transmit(pool.takeWith(new Uint8Array(65_549))!);
  clock.run();
  t.is(got[1].bytes.length, 65_549);
  eth0.transmit(pool.takeWith(arp(1))!);
  await eth0.close();
  t.is(pool.inUse, 0);
  t.is(clock.pending, 0);
});

function recording(): Uint8Array {
  const pieces: Uint8Array[] = [];
  const writer = new PcapngWriter((piece) => pieces.push(piece));
  const a = writer.addInterface('a:eth0');
  const b = writer.addInterface('b:eth0');
  conversation().forEach((frame, i) => {
    writer.addFrame(i === 1 ? b : a, 1_000_000_000n + BigInt(i) * 5_000_000n, frame, i === 1 ? 'in' : 'out');
  });
  writer.flush();
  return Buffer.concat(pieces);
}

test('a replay receives the frames of a capture at their times', async (t) => {
  const bytes = recording();
  const { clock, pool, eth0, got } = host((clock) => new Replay({ clock, bytes }));
  clock.advance(100);
  await eth0.open();
  eth0.transmit(pool.takeWith(arp(1))!);
  clock.run();
  t.deepEqual(
    got.map((each) => each.at),
    [100, 105, 110, 115, 120],
  );
  t.deepEqual(
    got.map((each) => Buffer.from(each.bytes)),
    conversation().map((each) => Buffer.from(each)),
  );
  t.is(pool.inUse, 0);
});

test('a replay may be faster, of one interface, or of one direction', async (t) => {
  const bytes = recording();
  const times = async (options: object) => {
    const { clock, eth0, got } = host((clock) => new Replay({ clock, bytes, ...options }));
    await eth0.open();
    clock.run();
    return got.map((each) => each.at);
  };
  t.deepEqual(await times({ speed: 5 }), [0, 1, 2, 3, 4]);
  t.deepEqual(await times({ interface: 'b:eth0' }), [0]);
  t.deepEqual(await times({ direction: 'out' }), [0, 10, 15, 20]);
});

test('a replay without its file fails with a code', async (t) => {
  const { eth0 } = host((clock) => new Replay({ clock, file: '/dev/null/none.pcapng' }));
  await t.throwsAsync(eth0.open(), { code: 'CAPTURE_FILE' });
});

test('a fault device delays and loses in both directions in front of any device', async (t) => {
  const { clock, pool, eth0, got, device } = host(
    (clock) =>
      new FaultDevice(new Loopback(clock), {
        clock,
        random: new SeededRandom(2),
        out: { latency: 10, loss: 0.2 },
        in: { latency: 5, duplicate: 0.1 },
      }),
  );
  await eth0.open();
  for (let i = 0; i < 1000; i++) eth0.transmit(pool.takeWith(arp(1))!);
  clock.run();
  t.true(got.every((each) => each.at === 15));
  const { out, in: incoming } = (device as FaultDevice).counters;
  t.true(Math.abs(out.lost - 200) < 50, `${out.lost}`);
  t.true(Math.abs(incoming.duplicated - 80) < 35, `${incoming.duplicated}`);
  t.is(got.length, 1000 - out.lost + incoming.duplicated);
  eth0.transmit(pool.takeWith(arp(1))!);
  await eth0.close();
  t.is(pool.inUse, 0);
  t.is(clock.pending, 0);
});

test('the counters of a stack are read under flat names, and as Prometheus text', async (t) => {
  const world = host((clock) => new Loopback(clock));
  const stack = new Stack(world.host, []);
  await stack.start();
  world.host.counters.set('arp', { requestsOut: 3 });
  world.eth0.transmit(world.pool.takeWith(arp(1))!);
  world.clock.run();
  t.like(metrics(stack), { 'arp.requestsOut': 3, 'interface.eth0.inFrames': 1, 'pool.inUse': 0 });
  const text = prometheusText(stack);
  t.regex(text, /^# TYPE netwright_arp_requests_out counter\nnetwright_arp_requests_out\{stack="me"\} 3$/m);
  t.regex(text, /^netwright_interface_in_frames\{stack="me",interface="eth0"\} 1$/m);
  t.regex(text, /^# TYPE netwright_pool_in_use gauge$/m);
  await stack.stop();
});
