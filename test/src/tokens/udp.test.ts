// A socket of UDP is what a listener and a connection are to TCP: bound to a port, or connected to one.
import {
  APPLICATION,
  type ApplicationContext,
  buildLab,
  definePlugin,
  Host,
  implementation,
  type Override,
  override,
  Scope,
  SeededRandom,
  Stack,
  VirtualClock,
} from '@netwright/core';
import {
  Arp,
  Ethernet,
  FixedIpId,
  FixedTtl,
  IP_ID,
  IP_TTL,
  Ipv4,
  ipv4SocketDefaults,
  UDP_PORTS,
  Udp,
  udpSocketDefaults,
} from '@netwright/layers';
import { Cable } from '@netwright/plugins';
import test, { type ExecutionContext } from 'ava';
import { shippedPlugins } from 'netwright';
import { z } from 'zod';
import { Notes, type Seen } from './rig.js';

/** Two sockets: one chooses where it sends from, the other has port 700. Each sends to the port of its name. */
function speak(udp: Udp, name: 'free' | 'bound', overrides: readonly Override[]): void {
  const socket = udp.open({ ...(name === 'bound' ? { port: 700 } : {}), overrides });
  socket.send('hello', TO[name], '10.0.0.2');
}
const TO = { free: 801, bound: 802 };

const options = z.strictObject({ name: z.enum(['free', 'bound']) });
const speakers = definePlugin({
  name: 'speakers',
  version: '1.0.0',
  implementations: [
    implementation({
      name: 'speak',
      token: APPLICATION,
      summary: 'one datagram',
      options,
      provide: ({ name }: z.output<typeof options>) => ({
        value: ({ stack, overrides }: ApplicationContext) => ({
          start: () => speak(stack.layer(Udp) as Udp, name, overrides),
        }),
      }),
    }),
  ],
});

type Place = 'stack' | keyof typeof TO;

async function fromManifest(choice: string, place: Place): Promise<Seen[]> {
  const at = (here: Place) => (place === here ? `override: { ${choice} }` : 'override: {}');
  const manifest = `sim: { seed: 1, stop_time: 10s }
defaults: { layers: [ethernet, arp, ipv4, icmp, udp] }
topology:
  nodes:
    x:
      address: 10.0.0.1/24
      ${at('stack')}
      apps:
        - { use: speak, name: free, ${at('free')} }
        - { use: speak, name: bound, ${at('bound')} }
    p: { address: 10.0.0.2/24 }
  links: [{ endpoints: [x, p], latency: 1ms }]
`;
  const lab = await buildLab(manifest, { file: 'udp.yaml', plugins: [...shippedPlugins, speakers] });
  const notes = new Notes();
  lab.nodes.get('x')?.host.watch(notes);
  await lab.run();
  await lab.stop();
  return notes.seen;
}

async function byHand(each: Override, place: Place): Promise<Seen[]> {
  const clock = new VirtualClock();
  const cable = new Cable({ clock, random: new SeededRandom(1) });
  const at = (here: Place) => (place === here ? [each] : []);
  const notes = new Notes();
  const [x, p] = ['10.0.0.1', '10.0.0.2'].map((address) => {
    const host = Host.create({ clock, random: new SeededRandom(address) });
    host.attach(cable.attach(address, host.pool), { addresses: [`${address}/24`] });
    const ours = address.endsWith('1') ? at('stack') : [];
    const layers = [
      new Ethernet(host),
      new Arp(host),
      new Ipv4(host),
      new Udp(host, {}, Scope.byHand(host, [udpSocketDefaults(), ipv4SocketDefaults], ours)),
    ] as const;
    const [ethernet, arp, ipv4, udp] = layers;
    ethernet.registerLayer(arp).registerLayer(ipv4);
    arp.registerLayer(ipv4);
    ipv4.registerLayer(udp);
    return { udp, stack: new Stack(host, layers) };
  });
  x.stack.host.watch(notes);
  await x.stack.start();
  await p.stack.start();
  speak(x.udp, 'free', at('free'));
  speak(x.udp, 'bound', at('bound'));
  clock.runUntil(10_000);
  await x.stack.stop();
  await p.stack.stop();
  return notes.seen;
}

interface Case {
  readonly token: string;
  readonly manifest: string;
  readonly code: Override;
  readonly field: string;
  readonly value: number;
  readonly shows: readonly (keyof typeof TO)[];
}

const CASES: readonly Case[] = [
  {
    token: 'udp.ports',
    manifest: 'udp.ports: { use: ports.sequential, first: 4242 }',
    code: override(UDP_PORTS, { value: { choose: () => 4242 } }, 'the program'),
    field: 'udp.srcport',
    value: 4242,
    // The bound one has its port already.
    shows: ['free'],
  },
  {
    token: 'ip.ttl',
    manifest: 'ip.ttl: { use: ttl.fixed, value: 3 }',
    code: override(IP_TTL, { value: new FixedTtl(3) }, 'the program'),
    field: 'ip.ttl',
    value: 3,
    shows: ['free', 'bound'],
  },
  {
    token: 'ip.id',
    manifest: 'ip.id: { use: id.fixed, value: 999 }',
    code: override(IP_ID, { value: new FixedIpId(999) }, 'the program'),
    field: 'ip.id',
    value: 999,
    shows: ['free', 'bound'],
  },
];

function judge(t: ExecutionContext, each: Case, place: Place, seen: readonly Seen[], who: RegExp): void {
  for (const name of each.shows) {
    const frame = seen.find(({ direction, fields }) => direction === 'out' && fields['udp.dstport'] === TO[name]);
    const reached = place === 'stack' || place === name;
    t.is(frame?.fields[each.field] === each.value, reached, `${name}: ${each.field}`);
    t.is(who.test(frame?.why ?? ''), reached, frame?.why);
  }
}

for (const each of CASES) {
  for (const place of ['stack', ...each.shows] as const) {
    const where = place === 'stack' ? 'the stack' : `the ${place} socket`;
    test(`${each.token}, in a manifest for ${where}, changes its datagrams and no others`, async (t) => {
      const line = { stack: 7, free: 9, bound: 10 }[place];
      const who = new RegExp(`${each.token}: .* of plugin .*, udp\\.yaml:${line}:`);
      judge(t, each, place, await fromManifest(each.manifest, place), who);
    });
    test(`${each.token}, in code for ${where}, changes its datagrams and no others`, async (t) => {
      judge(t, each, place, await byHand(each.code, place), new RegExp(`${each.token}: the program`));
    });
  }
}
