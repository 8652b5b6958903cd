import { buildStack, VirtualClock } from '@netwright/core';
import { MemoryDevice } from '@netwright/core/testing';
import {
  AdaptiveRecovery,
  Bbr,
  Cubic,
  type EcnPolicy,
  FixedCongestionWindow,
  JacobsonRtt,
  NewReno,
  PipeAckValidation,
  RackTlp,
  Reno,
  Tcp,
  type TcpBehaviour,
  type TcpSession,
  TimeoutOnly,
  WindowUsage,
} from '@netwright/layers';
import test from 'ava';
import { shippedPlugins } from 'netwright';

/** The connection of a stack whose manifest chooses `use`, with these options, for the token. */
async function chosen(token: string, use: string, options = ''): Promise<TcpSession> {
  const manifest = [
    'address: 10.0.0.1/24',
    'seed: 1',
    'layers: [ethernet, arp, ipv4, icmp, tcp]',
    `override: { ${token}: { use: ${use}${options === '' ? '' : `, ${options}`} } }`,
  ];
  const device = new MemoryDevice();
  const stack = await buildStack(manifest.join('\n'), { device, clock: new VirtualClock(), plugins: shippedPlugins });
  await stack.start();
  return (stack.layer(Tcp) as Tcp).connect({ address: '10.0.0.2', port: 80 });
}

type Holds = (behaviour: TcpBehaviour) => boolean;

const ecn =
  (expected: Partial<EcnPolicy>): Holds =>
  ({ ecn }) =>
    Object.entries(expected).every(([key, value]) => ecn[key as keyof EcnPolicy] === value);

/** What of loss recovery is used. */
function recovery(kind: typeof RackTlp | typeof AdaptiveRecovery, choices: Record<string, unknown>): Holds {
  return ({ recovery }) => {
    const used = (recovery as unknown as { choices: Record<string, unknown> }).choices;
    return recovery instanceof kind && Object.entries(choices).every(([key, value]) => used[key] === value);
  };
}

/** A window of so many bytes for segments of 1000, and how much a loss, a mark and an idle time leave of it. */
function window(kind: typeof Reno | typeof Cubic, first: number, loss: number, mark: number, idle: number): Holds {
  return ({ congestion }) => {
    const of = (happen: () => void) => {
      congestion.begin(1000, 0);
      congestion.cwnd = congestion.ssthresh = 20_000;
      congestion.acknowledged({ acked: 0, mss: 1000, windowLimited: true, now: 0, srtt: 1, rtt: -1 } as never, false);
      congestion.cwnd = 20_000;
      happen();
      return Math.round(congestion.cwnd);
    };
    congestion.begin(1000, 0);
    const begun = congestion.cwnd;
    const left = [
      of(() => congestion.lost(20_000, 1000, 0)),
      of(() => congestion.lost(20_000, 1000, 0, true)),
      of(() => congestion.idled(1000, 0)),
    ];
    return congestion instanceof kind && [begun, ...left].join() === [first, loss, mark, idle].join();
  };
}

function validation(preserved: number, pacing: boolean): Holds {
  return ({ validation: policy }) => {
    const options = policy as unknown as { preserved: number; pacing: boolean };
    return policy instanceof PipeAckValidation && options.preserved === preserved && options.pacing === pacing;
  };
}

/** Each algorithm of loss recovery, congestion control and ECN, by the name and options that a manifest has for it. */
const ALGORITHMS: readonly (readonly [token: string, use: string, options: string, holds: Holds])[] = [
  ['tcp.recovery', 'recovery.newreno', '', ({ recovery }) => recovery instanceof NewReno],
  [
    'tcp.recovery',
    'recovery.newreno',
    'forwardRto: false',
    ({ recovery }) => (recovery as unknown as { forwardRto: boolean }).forwardRto === false,
  ],
  ['tcp.recovery', 'recovery.rack', '', recovery(RackTlp, { detection: 'time', probes: true, forwardRto: true })],
  [
    'tcp.recovery',
    'recovery.rack',
    'probes: false, forwardRto: false',
    recovery(RackTlp, { probes: false, forwardRto: false }),
  ],
  ['tcp.recovery', 'recovery.rack', 'strict: true', recovery(RackTlp, { strict: true, lastResort: false })],
  ['tcp.recovery', 'recovery.rack', 'detection: count', recovery(RackTlp, { detection: 'count' })],
  ['tcp.recovery', 'recovery.adaptive', 'detection: count', recovery(AdaptiveRecovery, { detection: 'count' })],
  [
    'tcp.recovery',
    'recovery.sack',
    '',
    recovery(AdaptiveRecovery, { detection: 'count', lastResort: true, forgetful: true }),
  ],
  ['tcp.recovery', 'recovery.timeout', '', ({ recovery }) => recovery instanceof TimeoutOnly],
  ['tcp.congestion', 'congestion.reno', '', window(Reno, 10_000, 10_000, 16_000, 10_000)],
  ['tcp.congestion', 'congestion.reno', 'marked: 0.5, initialSegments: 3', window(Reno, 3000, 10_000, 10_000, 3000)],
  [
    'tcp.congestion',
    'congestion.reno',
    'initialSegments: 16, idleRestart: false',
    window(Reno, 16_000, 10_000, 16_000, 20_000),
  ],
  ['tcp.congestion', 'congestion.cubic', '', window(Cubic, 10_000, 14_000, 17_000, 10_000)],
  [
    'tcp.congestion',
    'congestion.cubic',
    'marked: 0.7, initialSegments: 16',
    window(Cubic, 16_000, 14_000, 14_000, 16_000),
  ],
  ['tcp.congestion', 'congestion.bbr', '', ({ congestion }) => congestion instanceof Bbr],
  [
    'tcp.congestion',
    'congestion.fixed',
    'cwnd: 5000',
    ({ congestion }) => congestion instanceof FixedCongestionWindow && congestion.cwnd === 5000,
  ],
  ['tcp.validation', 'validation.used', '', ({ validation }) => validation instanceof WindowUsage],
  ['tcp.validation', 'validation.pipeack', '', validation(300_000, true)],
  ['tcp.validation', 'validation.pipeack', 'preserved: 1000, pacing: false', validation(1000, false)],
  ['tcp.ecn', 'ecn.off', '', ecn({ request: 'none', accept: 'none' })],
  ['tcp.ecn', 'ecn.on', '', ecn({ request: 'classic', accept: 'classic' })],
  ['tcp.ecn', 'ecn.passive', '', ecn({ request: 'none', accept: 'classic' })],
  ['tcp.ecn', 'ecn.accurate', '', ecn({ request: 'accurate', accept: 'accurate', codepoint: 2, option: 'full' })],
  ['tcp.ecn', 'ecn.accurate', 'l4s: true, option: sparing', ecn({ codepoint: 1, option: 'sparing' })],
  ['tcp.ecn', 'ecn.accurate-passive', '', ecn({ request: 'none', accept: 'accurate' })],
  [
    'tcp.rtt',
    'rtt.jacobson',
    'minimum: 1000',
    ({ rtt }) => {
      rtt.sample(10);
      return rtt instanceof JacobsonRtt && rtt.rto === 1010;
    },
  ],
];

for (const [token, use, options, holds] of ALGORITHMS) {
  test(`a manifest chooses ${use}${options === '' ? '' : ` with ${options}`} for ${token}`, async (t) => {
    const { behaviour } = await chosen(token, use, options);
    t.true(holds(behaviour));
  });
}

test('without a choice it is CUBIC, RACK-TLP where the peer knows SACK, and ECN for who asks', async (t) => {
  const { behaviour } = await chosen('tcp.isn', 'isn.fixed', 'value: 1');
  t.true(behaviour.congestion instanceof Cubic);
  t.true(behaviour.recovery instanceof AdaptiveRecovery);
  t.true(ecn({ request: 'none', accept: 'classic' })(behaviour));
});
