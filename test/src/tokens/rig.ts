import {
  type AnyPlugin,
  buildLab,
  explain,
  Host,
  type HostParts,
  type Override,
  override,
  type Packet,
  Scope,
  SeededRandom,
  Stack,
  type Tap,
  type Token,
  tokenName,
  VirtualClock,
} from '@netwright/core';
import {
  Arp,
  DEFAULT_TCP_SETTINGS,
  Ethernet,
  Ipv4,
  ipv4Plugin,
  ipv4SocketDefaults,
  Tcp,
  tcpDefaults,
  tcpPlugin,
} from '@netwright/layers';
import { Cable, frameFields } from '@netwright/plugins';
import { shippedPlugins } from 'netwright';
import { type Mode, peer, subject, talkPlugin } from './talk.js';

/** The four conversations of the stack under test: two of its listeners, two of its connections. */
export const FLOWS = ['l1', 'l2', 'c1', 'c2'] as const;
export type Flow = (typeof FLOWS)[number];
const PORT: Record<Flow, number> = { l1: 7001, l2: 7002, c1: 9001, c2: 9002 };

/** Where an override stands: in force for the whole stack, for the listener on 7001, for the connection to 9001. */
export const PLACES = ['stack', 'listener', 'connection'] as const;
export type OverridePlace = (typeof PLACES)[number];

/** A frame as the stack under test sent or got it. */
export interface Seen {
  readonly direction: 'in' | 'out';
  readonly at: number;
  readonly fields: ReturnType<typeof frameFields>;
  readonly why: string;
  readonly bytes: Uint8Array;
}

export interface Scene {
  readonly size?: number;
  readonly mode?: Mode;
  /** Overrides of the peer: `tcp.ecn: ecn.on`. */
  readonly peer?: Record<string, string>;
  /** Of the cable, as a manifest writes it. */
  readonly rate?: string;
  /** The clock of the run, where a choice is made around it. */
  readonly clock?: VirtualClock;
  /** By hand: parts of the host under test. */
  readonly parts?: HostParts;
}

/** One choice for a token, as a manifest names it. */
export interface Choice {
  readonly token: string;
  readonly use: string;
  readonly options?: Record<string, unknown>;
}

/** Notes what one stack sends and gets. */
export class Notes implements Tap {
  readonly seen: Seen[] = [];

  frame(direction: 'in' | 'out', packet: Packet, _via: unknown, at: number): void {
    const bytes = packet.toBytes();
    const why = direction === 'out' ? explain(packet.reason, packet.decider) : '';
    this.seen.push({ direction, at, fields: frameFields(bytes), why, bytes });
  }

  /** The frames of each conversation, by its well-known port at either end. */
  byFlow(): Record<Flow, Seen[]> {
    const flows = { l1: [], l2: [], c1: [], c2: [] } as Record<Flow, Seen[]>;
    for (const flow of FLOWS) {
      flows[flow] = this.seen.filter(({ fields }) =>
        [fields['tcp.srcport'], fields['tcp.dstport']].includes(PORT[flow]),
      );
    }
    return flows;
  }
}

export interface Outcome {
  readonly flows: Record<Flow, Seen[]>;
  /** Line of the override in the manifest; 0 where there is none. */
  readonly line: number;
}

/** Runs the four conversations from a manifest, with an override at one of the three places or none. */
export async function fromManifest(
  choice: Choice | null,
  place: OverridePlace | null,
  scene: Scene = {},
  plugins: readonly AnyPlugin[] = [],
): Promise<Outcome> {
  const { size = 8, mode = 'plain' } = scene;
  const overriding = (here: OverridePlace) =>
    choice === null || place !== here
      ? ''
      : `override: { ${choice.token}: ${JSON.stringify({ use: choice.use, ...choice.options })} }`;
  const app = (use: string, rest: string, extra = '') =>
    `        - { use: ${use}, size: ${size}, mode: ${mode}, ${rest}${extra === '' ? '' : `, ${extra}`} }`;
  const lines = [
    'sim: { seed: 1, stop_time: 300s }',
    'defaults: { layers: [ethernet, arp, ipv4, icmp, tcp] }',
    'topology:',
    '  nodes:',
    '    x:',
    '      address: 10.0.0.1/24',
    `      ${overriding('stack') || 'override: {}'}`,
    '      apps:',
    app('subject', 'listen: 7001', overriding('listener')),
    app('subject', 'listen: 7002'),
    app('subject', 'at: 100, connect: { address: 10.0.0.2, port: 9001 }', overriding('connection')),
    app('subject', 'at: 200, connect: { address: 10.0.0.2, port: 9002 }'),
    '    p:',
    '      address: 10.0.0.2/24',
    `      override: ${JSON.stringify(scene.peer ?? {})}`,
    '      apps:',
    app('peer', 'listen: 9001'),
    app('peer', 'listen: 9002'),
    app('peer', 'at: 100, connect: { address: 10.0.0.1, port: 7001 }'),
    app('peer', 'at: 100, connect: { address: 10.0.0.1, port: 7002 }'),
    '  links:',
    `    - { endpoints: [x, p], latency: 10ms${scene.rate === undefined ? '' : `, rate: ${scene.rate}`} }`,
  ];
  const lab = await buildLab(lines.join('\n'), {
    file: 'some/where/tokens.yaml',
    plugins: [...shippedPlugins, talkPlugin, ...plugins],
    ...(scene.clock === undefined ? {} : { clock: scene.clock }),
  });
  const notes = new Notes();
  lab.nodes.get('x')?.host.watch(notes);
  await lab.run();
  await lab.stop();
  const line = choice === null ? 0 : lines.findIndex((each) => each.includes(`override: { ${choice.token}:`)) + 1;
  return { flows: notes.byFlow(), line };
}

/** The same in code: layers registered by hand, overrides passed to the scope of the layer, to `listen` and to `connect`. */
export async function byHand(each: Override | null, place: OverridePlace | null, scene: Scene = {}): Promise<Outcome> {
  const clock = scene.clock ?? new VirtualClock();
  const cable = new Cable({ clock, random: new SeededRandom('cable'), latency: 10, ...rateOf(scene) });
  const notes = new Notes();
  const at = (here: OverridePlace) => (each !== null && place === here ? [each] : []);
  const x = stackByHand(clock, cable, 'x', '10.0.0.1', at('stack'), scene.parts);
  const p = stackByHand(
    clock,
    cable,
    'p',
    '10.0.0.2',
    Object.entries(scene.peer ?? {}).map(([token, use]) => chosen({ token, use })),
  );
  x.stack.host.watch(notes);
  await x.stack.start();
  await p.stack.start();
  const { size = 8, mode = 'plain' } = scene;
  const none: Override[] = [];
  const later = (host: Host, ms: number, action: () => void) => host.timer(action).start(ms);
  subject(x.tcp, { listen: 7001, size, mode, overrides: at('listener') });
  subject(x.tcp, { listen: 7002, size, mode, overrides: none });
  peer(p.tcp, { listen: 9001, size, mode, overrides: none });
  peer(p.tcp, { listen: 9002, size, mode, overrides: none });
  for (const [i, overrides] of [at('connection'), none].entries()) {
    later(x.stack.host, 100 + i * 100, () =>
      subject(x.tcp, { connect: { address: '10.0.0.2', port: 9001 + i }, size, mode, overrides }),
    );
    later(p.stack.host, 100, () =>
      peer(p.tcp, { connect: { address: '10.0.0.1', port: 7001 + i }, size, mode, overrides: none }),
    );
  }
  clock.runUntil(300_000);
  await x.stack.stop();
  await p.stack.stop();
  return { flows: notes.byFlow(), line: 0 };
}

function rateOf({ rate }: Scene): { rate?: number } {
  return rate === undefined ? {} : { rate: Number.parseFloat(rate) * 1e6 };
}

function stackByHand(
  clock: VirtualClock,
  cable: Cable,
  name: string,
  address: string,
  overrides: readonly Override[],
  parts: HostParts = {},
) {
  const host = Host.create({ name, clock, random: new SeededRandom(name), ...parts });
  host.attach(cable.attach(name, host.pool), { addresses: [`${address}/24`] });
  const ethernet = new Ethernet(host);
  const arp = new Arp(host);
  const ipv4 = new Ipv4(host);
  const scope = Scope.byHand(host, [tcpDefaults, ipv4SocketDefaults], overrides);
  const tcp = new Tcp(host, DEFAULT_TCP_SETTINGS, scope);
  ethernet.registerLayer(arp).registerLayer(ipv4);
  arp.registerLayer(ipv4);
  ipv4.registerLayer(tcp);
  return { stack: new Stack(host, [ethernet, arp, ipv4, tcp]), tcp };
}

/** What a manifest would choose, as an override in code. */
export function chosen({ token, use, options }: Choice, plugins: readonly AnyPlugin[] = []): Override {
  const offers = [...plugins, tcpPlugin, ipv4Plugin].flatMap((each) => each.implementations ?? []);
  const found = offers.find((each) => each.name === use && tokenName(each.token) === token);
  if (found === undefined) throw new Error(`nobody offers ${use} for ${token}`);
  const provider = found.provide(found.options?.parse(options ?? {}) ?? {});
  return override(found.token as Token<unknown>, provider, 'the program');
}
