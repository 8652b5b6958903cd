import { type BuiltStack, buildStack, explain, PacketPool, SeededRandom, VirtualClock } from '@netwright/core';
import { conformance } from '@netwright/core/testing';
import {
  arpPlugin,
  Dns,
  dnsPlugin,
  dnsServerPlugin,
  ethernetPlugin,
  icmpPlugin,
  ipv4Plugin,
  Tcp,
  tcpPlugin,
  Udp,
  udpPlugin,
} from '@netwright/layers';
import { Cable } from '@netwright/plugins';
import test from 'ava';

const plugins = [ethernetPlugin, arpPlugin, ipv4Plugin, icmpPlugin, udpPlugin, tcpPlugin, dnsPlugin, dnsServerPlugin];

function lab() {
  const clock = new VirtualClock();
  const pool = new PacketPool({ small: 256, large: 8 });
  const random = new SeededRandom('manifest');
  const cable = new Cable({ clock, random, latency: 1 });
  const build = async (name: string, rest: string): Promise<BuiltStack> => {
    const device = cable.attach(name, pool);
    const stack = await buildStack(`name: ${name}\n${rest}`, {
      plugins,
      clock,
      pool,
      random: random.fork(name),
      device,
    });
    return stack.start();
  };
  return { clock, pool, build };
}

const client = `
address: 10.0.0.1/24
layers:
  - ethernet
  - arp
  - ipv4
  - icmp
  - udp
  - { use: dns, servers: [10.0.0.2], timeout: 500 }
`;
const server = `
address: 10.0.0.2/24
layers:
  - ethernet
  - arp
  - ipv4
  - icmp
  - { use: udp, firstPort: 50000, lastPort: 50001 }
  - use: dns-server
    records: [{ name: www.lab, data: 10.0.0.2 }]
`;

test('stacks from manifests look names up at one another', async (t) => {
  const { clock, pool, build } = lab();
  const [one, two] = [await build('one', client), await build('two', server)];
  t.is(String(await clock.settle((one.layer(Dns) as Dns).lookup('www.lab'))), '10.0.0.2');
  const udp = two.layer(Udp) as Udp;
  t.deepEqual([udp.open().localPort, udp.open().localPort].sort(), [50000, 50001]);
  t.throws(() => udp.open(), { code: 'EADDRNOTAVAIL' });
  t.false(udp.isPortFree(53));
  await one.stop();
  await two.stop();
  t.is(pool.inUse, 0);
});

// @rfc 7766 S5-1
test('an answer that does not fit into a datagram is fetched over TCP, where both stacks have it', async (t) => {
  const { clock, pool, build } = lab();
  const one = await build('one', client.replace('- udp', '- udp\n  - tcp'));
  const names = Array.from({ length: 100 }, (_, i) => `{ name: many.lab, data: 10.0.1.${i} }`);
  const many = server.replace('records: [', `records: [${names.join(', ')}, `);
  const two = await build('two', many.replace('- icmp', '- icmp\n  - tcp'));
  const dns = one.layer(Dns) as Dns;
  t.is((await clock.settle(dns.lookupAll('many.lab', { family: 4 }))).length, 100);
  t.is(dns.counters.overStream, 1);
  const junk = (one.layer(Tcp) as Tcp).connect({ address: '10.0.0.2', port: 53 });
  junk.write(new Uint8Array([0, 3, 1, 2, 3]));
  clock.advance(2200);
  t.is((two.layer(Tcp) as Tcp).sessions().length, 0, 'of nonsense, nor of what was idle for two seconds');
  await one.stop();
  await two.stop();
  t.is(pool.inUse, 0);
});

// @rfc 5452 S9.2-5
test('source ports are overridden for the whole stack, and each frame says who decided', async (t) => {
  const { clock, build } = lab();
  const one = await build('one', `${client}override: { udp.ports: { use: ports.sequential, first: 4242 } }\n`);
  const two = await build('two', server);
  const why: string[] = [];
  one.host.watch({
    frame: (direction, packet) => {
      if (direction === 'out') why.push(explain(packet.reason, packet.decider));
    },
  });
  const heard: number[] = [];
  (two.layer(Udp) as Udp).open({ port: 7 }).onMessage = (_data, from) => heard.push(from.port);
  const udp = one.layer(Udp) as Udp;
  for (let i = 0; i < 3; i++) udp.open().send('x', 7, '10.0.0.2');
  clock.advance(100);
  t.deepEqual(heard, [4242, 4243, 4244]);
  t.regex(why.at(-1) ?? '', /^udp\.datagram \(udp\.ports: ports\.sequential/);
});

test('options that cannot be are refused with their place', async (t) => {
  const { build } = lab();
  const error = await t.throwsAsync(build('one', client.replace('timeout: 500', 'timeot: 500')));
  t.regex(error?.message ?? '', /timeot/);
  const range = await t.throwsAsync(build('two', server.replace('firstPort: 50000', 'firstPort: 50002')));
  t.regex(range?.message ?? '', /firstPort is above lastPort/);
});

for (const plugin of [udpPlugin, dnsPlugin, dnsServerPlugin]) {
  const others = plugins.filter((each) => each !== plugin);
  const implementationOptions = { 'ports.sequential': { first: 40000 } };
  const layers = ['ethernet', 'arp', 'ipv4', 'icmp', 'udp'].filter((each) => each !== plugin.name);
  for (const { name, run } of conformance(plugin, { plugins: others, layers, implementationOptions }))
    test(`every plugin's own promises: ${name}`, async (t) => {
      await t.notThrowsAsync(async () => run());
    });
}
