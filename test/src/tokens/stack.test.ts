import {
  type Alarm,
  allTokenPages,
  buildLab,
  buildStack,
  CLOCK,
  type Clock,
  definePlugin,
  IpAddress,
  implementation,
  LOGGER,
  type Logger,
  ManifestError,
  override,
  PACKET_POOL,
  PacketPool,
  type Provider,
  RANDOM,
  SeededRandom,
  TAP,
  TIMERS,
  type Timer,
  TimerWheel,
  type Token,
  token,
  tokenName,
  VirtualClock,
} from '@netwright/core';
import { MemoryDevice } from '@netwright/core/testing';
import { fragmentPolicies, IP_FRAGMENTS, IP_ROUTES, type Route, RouteTable, Tcp, Udp } from '@netwright/layers';
import { frameFields } from '@netwright/plugins';
import test, { type ExecutionContext } from 'ava';
import { injectable } from 'inversify';
import { shippedPlugins } from 'netwright';
import { arpRequest, overlappingFragments } from './fragments.js';
import { byHand, fromManifest, Notes, type Outcome, type Scene } from './rig.js';

/** A plugin that offers one choice, `mine`. */
function offering(token: Token<unknown>, provider: Provider<unknown>) {
  const mine = implementation({ name: 'mine', token, summary: 'a choice of the test', provide: () => provider });
  return definePlugin({ name: 'mine', version: '1.0.0', implementations: [mine] });
}

// Tokens that the frames of a device tell apart: chosen in a manifest, and in code.

async function stackWith(how: 'manifest' | 'code', token: Token<unknown>, provider: Provider<unknown> | null) {
  const device = new MemoryDevice();
  const lines = ['address: 10.0.0.1/24', 'seed: 1', 'layers: [ethernet, arp, ipv4, icmp, udp, tcp]'];
  if (how === 'manifest' && provider !== null) lines.push(`override: { ${tokenName(token)}: mine }`);
  const stack = await buildStack(lines.join('\n'), {
    device,
    clock: new VirtualClock(),
    plugins: provider === null ? shippedPlugins : [...shippedPlugins, offering(token, provider)],
    overrides: how === 'code' && provider !== null ? [override(token, provider)] : [],
  });
  await stack.start();
  return { stack, device };
}

for (const how of ['manifest', 'code'] as const) {
  test(`ip.routes, by ${how}: the packet goes where the table says`, async (t) => {
    @injectable()
    class ByWayOfNine extends RouteTable {
      override lookup(destination: IpAddress): Route | null {
        const found = super.lookup(destination);
        return found && { ...found, via: IpAddress.parse('10.0.0.9') as IpAddress };
      }
    }
    const nextHop = async (provider: Provider<unknown> | null) => {
      const { stack, device } = await stackWith(how, IP_ROUTES, provider);
      device.take();
      stack.layer(Tcp)?.connect({ address: '10.0.0.2', port: 80 });
      const asked = device.take().map(({ bytes }) => frameFields(bytes)['arp.dst.proto_ipv4']);
      await stack.stop();
      return asked[0];
    };
    t.is(await nextHop(null), '10.0.0.2');
    t.is(await nextHop({ class: ByWayOfNine }), '10.0.0.9');
  });

  test(`ip.fragments, by ${how}: the bytes that won come back`, async (t) => {
    const echoed = async (provider: Provider<unknown> | null) => {
      const { stack, device } = await stackWith(how, IP_FRAGMENTS, provider);
      const socket = (stack.layer(Udp) as Udp).open({ port: 7 });
      socket.onMessage = (data, from) => socket.send(data.slice(), from.port, from.address);
      device.inject(arpRequest());
      device.inject(...overlappingFragments(stack.host.interfaces[0].mac));
      const frame = device.sent.find(({ bytes }) => frameFields(bytes)['udp.srcport'] === 7);
      await stack.stop();
      return frame === undefined ? 'nothing' : new TextDecoder().decode(frame.bytes.subarray(42, 66));
    };
    t.is(await echoed(null), 'AAAAAAAAAAAAAAAACCCCCCCC');
    t.is(await echoed({ value: fragmentPolicies.last }), 'AAAAAAAABBBBBBBBCCCCCCCC');
    t.is(await echoed({ value: fragmentPolicies.drop }), 'nothing');
  });

  test(`logger, by ${how}: it hears of a station that uses our address`, async (t) => {
    const said: string[] = [];
    const diary: Logger = {
      ...{ debug() {}, info() {}, error() {} },
      warn: (message, fields) => said.push(`${message}: ${fields?.address}`),
    };
    const { stack, device } = await stackWith(how, LOGGER, { value: diary });
    device.inject(arpRequest(IpAddress.parse('10.0.0.1')));
    await stack.stop();
    t.deepEqual(said, ['another station uses our address: 10.0.0.1']);
  });
}

// Tokens of the world: the same conversations, in another world. By hand it is a part of the host.

class Later implements Clock {
  readonly epoch = 0;
  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now() + 1_000_000;
  }

  alarm(action: () => void): Alarm {
    const alarm = this.clock.alarm(action);
    return {
      get at() {
        return alarm.at + 1_000_000;
      },
      set: (at) => alarm.set(at - 1_000_000),
      clear: () => alarm.clear(),
    };
  }
}

/** Everything expires after twice the time. */
class Tardy extends TimerWheel {
  override arm(timer: Timer, deadline: number): void {
    const now = this.now();
    super.arm(timer, now + 2 * (deadline - now));
  }
}

interface World {
  readonly token: Token<unknown>;
  readonly part: 'clock' | 'timers' | 'random' | 'pool' | 'tap';
  readonly what: string;
  readonly scene?: Scene;
  make(clock: VirtualClock): unknown;
  judge(t: ExecutionContext, mine: Outcome, plain: Outcome, made: unknown): void;
}

const out = ({ flows }: Outcome) => flows.c1.filter((each) => each.direction === 'out');
const syn = (outcome: Outcome) => out(outcome)[0];
const data = (outcome: Outcome) => out(outcome).filter(({ fields }) => Number(fields['tcp.len']) > 0);

const WORLDS: readonly World[] = [
  {
    token: CLOCK,
    part: 'clock',
    what: 'timestamps on the wire and for a watcher are those of the other clock',
    make: (clock) => new Later(clock),
    judge(t, mine, plain) {
      t.is(syn(mine).at, syn(plain).at + 1_000_000);
      const stamp = (outcome: Outcome) => Number(syn(outcome).fields['tcp.options.timestamp.tsval']);
      t.is((stamp(mine) - stamp(plain)) >>> 0, 1_000_000);
    },
  },
  {
    token: TIMERS,
    part: 'timers',
    what: 'what is lost is sent again after twice the time',
    scene: { mode: 'deaf' },
    make: (clock) => new Tardy(clock),
    judge(t, mine, plain) {
      // Late ones: nothing comes in between that would set the timer anew.
      const wait = (outcome: Outcome) => data(outcome)[4].at - data(outcome)[3].at;
      const ratio = wait(mine) / wait(plain);
      t.true(ratio > 1.9 && ratio < 2.1, `${ratio}`);
    },
  },
  {
    token: RANDOM,
    part: 'random',
    what: 'addresses, sequence numbers and ports are drawn from it',
    make: () => new SeededRandom('another seed'),
    judge(t, mine, plain) {
      for (const field of ['eth.src', 'tcp.seq', 'tcp.srcport']) {
        t.not(syn(mine).fields[field], syn(plain).fields[field], field);
      }
    },
  },
  {
    token: PACKET_POOL,
    part: 'pool',
    what: 'a flight is no longer than packets can be had',
    scene: { size: 30_000 },
    make: () => new PacketPool({ small: 4, large: 0 }),
    judge(t, mine, plain) {
      const flight = (outcome: Outcome) => data(outcome).filter((each) => each.at === data(outcome)[0].at).length;
      t.is(flight(plain), 10);
      t.true(flight(mine) <= 4 && flight(mine) > 0, `${flight(mine)}`);
    },
  },
  {
    token: TAP,
    part: 'tap',
    what: 'it sees every frame that goes and comes',
    make: () => new Notes(),
    judge(t, mine, _plain, made) {
      const seen = (made as Notes).byFlow();
      t.true(seen.c1.length > 6);
      t.deepEqual(
        seen.c1.map((each) => each.bytes),
        mine.flows.c1.map((each) => each.bytes),
      );
    },
  },
];

for (const { token, part, what, scene, make, judge } of WORLDS) {
  test(`${part}, by manifest: ${what}`, async (t) => {
    const clock = new VirtualClock();
    const made = make(clock);
    const plugin = offering(token, { value: made });
    const choice = { token: part, use: 'mine' };
    const mine = await fromManifest(choice, 'stack', { ...scene, clock }, [plugin]);
    judge(t, mine, await fromManifest(null, null, scene), made);
  });

  test(`${part}, in code: ${what}`, async (t) => {
    const clock = new VirtualClock();
    const made = make(clock);
    const mine = await byHand(null, null, { ...scene, clock, parts: { [part]: made } });
    judge(t, mine, await byHand(null, null, scene), made);
  });
}

// What belongs to the stack cannot be one socket's.

// What takes frames apart belongs to a lab; nothing on the wire hangs on it.
const OF_STACK = allTokenPages().filter((each) => each.scope === 'stack' && each.name !== 'frame.fields');

test('every token of the whole stack is tried here', (t) => {
  const tried = [...WORLDS.map((each) => each.token), IP_ROUTES, IP_FRAGMENTS, LOGGER];
  t.deepEqual(OF_STACK.map((each) => each.name).sort(), tried.map(tokenName).sort());
});

for (const { name } of OF_STACK) {
  test(`${name} under an application is refused, with the place`, async (t) => {
    const manifest = `layers: [ethernet, arp, ipv4, tcp]
apps:
  - use: echo
    override:
      ${name}: mine
`;
    const plugins = [...shippedPlugins, offering(token(name), { value: null })];
    const error = await t.throwsAsync(buildStack(manifest, { file: 'one.yaml', plugins, device: new MemoryDevice() }), {
      instanceOf: ManifestError,
    });
    t.deepEqual(
      error?.problems.map(({ code, place }) => ({ code, ...place })),
      [{ code: 'OVERRIDE_SCOPE', file: 'one.yaml', line: 5, column: 7 }],
    );
  });

  test(`${name} passed to listen, connect or open is refused`, async (t) => {
    const { stack } = await stackWith('code', token(name), null);
    const overrides = [override(token(name), { value: null })];
    const refused = { code: 'OVERRIDE_SCOPE', message: new RegExp(name.replace('.', '\\.')) };
    const tcp = stack.layer(Tcp) as Tcp;
    t.throws(() => tcp.listen({ port: 7777, overrides }), refused);
    t.throws(() => tcp.connect({ address: '10.0.0.2', port: 80, overrides }), refused);
    t.throws(() => (stack.layer(Udp) as Udp).open({ overrides }), refused);
    t.true(tcp.isPortFree(7777), 'nothing is left of it');
    t.is(tcp.connections, 0);
    await stack.stop();
  });
}

test('a lab refuses it for every node that says so', async (t) => {
  const node = (address: string) => `{ address: ${address}, apps: [{ use: echo, override: { clock: mine } }] }`;
  const manifest = `defaults: { layers: [ethernet, arp, ipv4, tcp] }
topology:
  nodes:
    a: ${node('10.0.0.1/24')}
    b: ${node('10.0.0.2/24')}
  links: [{ endpoints: [a, b] }]
`;
  const error = await t.throwsAsync(buildLab(manifest, { plugins: shippedPlugins }), { instanceOf: ManifestError });
  t.deepEqual(
    error?.problems.map(({ code, place }) => [code, place?.line]),
    [
      ['OVERRIDE_SCOPE', 4],
      ['OVERRIDE_SCOPE', 5],
    ],
  );
});
