import { Host, override, PacketPool, SeededRandom, Stack, VirtualClock } from '@netwright/core';
import { Arp, Bbr, type CongestionControl, Cubic, Ethernet, Ipv4, TCP_CONGESTION, Tcp } from '@netwright/layers';
import { Cable } from '@netwright/plugins';
import test from 'ava';

interface Outcome {
  mbits: number;
  steps: number;
  segments: number;
}

/** One connection that always has something to send, over 50 Mbit/s and a round trip of 40 ms, for three seconds. */
async function send(make: () => CongestionControl, loss: number, seed: number): Promise<Outcome> {
  const clock = new VirtualClock();
  const random = new SeededRandom(seed);
  const pool = new PacketPool();
  const queue = { bytes: 400_000 };
  const cable = new Cable({ clock, random, latency: 20, rate: 50_000_000, queue, from: { a: { loss } } });
  const ends: { tcp: Tcp; stack: Stack }[] = [];
  for (const [name, address] of [
    ['a', '10.0.0.1/24'],
    ['b', '10.0.0.2/24'],
  ]) {
    const host = Host.create({ name, clock, random: random.fork(name), pool });
    host.attach(cable.attach(name, pool), { addresses: [address] });
    const ethernet = new Ethernet(host);
    const arp = new Arp(host);
    const ipv4 = new Ipv4(host);
    const tcp = new Tcp(host);
    ethernet.registerLayer(arp).registerLayer(ipv4);
    arp.registerLayer(ipv4);
    ipv4.registerLayer(tcp);
    ends.push({ tcp, stack: await new Stack(host, [ethernet, arp, ipv4, tcp]).start() });
  }
  const [a, b] = ends;
  let got = 0;
  b.tcp.listen({
    port: 7,
    onConnection: () => ({
      data: (view) => {
        got += view.length;
      },
    }),
  });
  const data = new Uint8Array(65536);
  const pump = () => {
    while (session.write(data) === data.length);
  };
  const session = a.tcp.connect({
    address: '10.0.0.2',
    port: 7,
    overrides: [override(TCP_CONGESTION, { make })],
    handler: { established: pump, writable: pump },
  });
  let steps = 0;
  while (clock.step(3000) && steps < 2_000_000) steps++;
  const outcome = { mbits: (got * 8) / 3e6, steps, segments: b.tcp.counters.segmentsIn };
  await a.stack.stop();
  await b.stack.stop();
  return outcome;
}

test('BBR fills a path that loses one segment in a hundred, where CUBIC takes each loss for congestion', async (t) => {
  const bbr = await send(() => new Bbr(), 0.01, 1);
  const cubic = await send(() => new Cubic(), 0.01, 1);
  t.true(bbr.mbits > 30, `BBR ${bbr.mbits} Mbit/s of 50`);
  t.true(bbr.mbits > 4 * cubic.mbits, `CUBIC ${cubic.mbits} Mbit/s`);
});

test('without loss CUBIC fills the path, and HyStart++ keeps it from overrunning it', async (t) => {
  const cubic = await send(() => new Cubic(), 0, 1);
  t.true(cubic.mbits > 35, `CUBIC ${cubic.mbits} Mbit/s of 50`);
});

test('timers for parts of a microsecond do not keep the clock where it is', async (t) => {
  for (let seed = 2; seed <= 5; seed++) {
    const { steps, segments } = await send(() => new Bbr(), 0.03, seed);
    t.true(steps < 10 * segments, `${steps} alarms for ${segments} segments, seed ${seed}`);
  }
});
