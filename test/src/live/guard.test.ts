import { existsSync, readFileSync } from 'node:fs';
import { Guard } from '@netwright/plugins';
import test from 'ava';
import { installed, liveProblem, type Namespace, Wire } from './netns.js';

const problem = await liveProblem('iptables', 'ethtool', 'python3');
const live = problem === null ? test.serial : test.serial.skip;
const why = problem === null ? '' : ` (skipped: ${problem})`;

/** A rule that belongs to the host: it has to be there afterwards, and the table with it. */
const HOSTS_OWN = [
  '-A',
  'OUTPUT',
  '-p',
  'tcp',
  '--dport',
  '9',
  '-m',
  'comment',
  '--comment',
  "the host's own",
  '-j',
  'ACCEPT',
];

/** `iptables-save` and `nft list ruleset` without what counts packets or tells the time. */
function rules(namespace: Namespace): string {
  const saved = namespace.run('iptables-save') + (installed('nft') ? namespace.run('nft', 'list', 'ruleset') : '');
  return saved.replace(/^# (Generated|Completed).*$/gm, '').replace(/\[\d+:\d+\]|counter packets \d+ bytes \d+/g, '');
}

/** Connects from a namespace `count` times, one after another, and tells how each went: 'open', or an error code. */
const CLIENT = `
import socket, sys
outcomes = {}
for _ in range(int(sys.argv[3])):
    try:
        s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)
        s.settimeout(0.01)
        try:
            s.recv(1)
            outcome = 'closed'
        except TimeoutError:
            outcome = 'open'
        s.close()
    except OSError as error:
        outcome = type(error).__name__
    outcomes[outcome] = outcomes.get(outcome, 0) + 1
print(' '.join(f'{k}={v}' for k, v in sorted(outcomes.items())))
`;

async function connections(from: Namespace, to: string, port: number, count: number): Promise<string> {
  const { stdout, stderr } = await from.ran('python3', '-c', CLIENT, to, String(port), String(count));
  return (stdout + stderr).trim();
}

/** Counts the resets that reach the namespace, with a rule of its own packet filter. */
function countResets(namespace: Namespace): () => number {
  namespace.run('iptables', '-A', 'INPUT', '-p', 'tcp', '--tcp-flags', 'RST', 'RST');
  return () => {
    const listed = namespace.run('iptables', '-xvnL', 'INPUT').split('\n')[2];
    return Number(listed.trim().split(/\s+/)[0]);
  };
}

async function onWire(body: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = Wire.make();
  try {
    await body(wire);
  } finally {
    await wire.remove();
  }
}

live(`without the guard the kernel resets what the stack accepts${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const resets = countResets(peer);
    await stack.node('synack', stack.address, '8080', 'open').prints('ready');
    const outcome = await connections(peer, stack.address, 8080, 3);
    t.notRegex(outcome, /open/);
    t.true(resets() >= 3, `${resets()} resets came`);
  }),
);

live(`with the guard no reset comes in 100 connections, and the host's own TCP is as ever${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const resets = countResets(peer);
    await stack.node('synack', stack.address, '8080', 'guard').prints('ready');
    t.is(await connections(peer, stack.address, 8080, 100), 'open=100');
    t.is(resets(), 0);
    // A port of the same address that is not the stack's: the kernel answers for it, with a reset where nobody listens
    // and with a connection where somebody does.
    t.is(await connections(peer, stack.address, 8081, 1), 'ConnectionRefusedError=1');
    t.is(resets(), 1);
    const server = stack.start('python3', '-u', '-m', 'http.server', '8082', '--bind', stack.address);
    await server.prints('Serving');
    t.is(await connections(peer, stack.address, 8082, 1), 'open=1');
  }),
);

for (const [how, end] of [
  ['it is closed', 'close'],
  ['an exception', 'throw'],
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGTERM'],
] as const) {
  live(`after ${how} the packet filter is as it was before the guard${why}`, (t) =>
    onWire(async ({ stack }) => {
      stack.run('iptables', ...HOSTS_OWN);
      const before = rules(stack);
      const server = stack.node('synack', stack.address, '8080', 'guard', end);
      await server.prints('ready');
      t.regex(rules(stack), /netwright:\d+:\d+:\d+/);
      await server.stop(end.startsWith('SIG') ? (end as NodeJS.Signals) : 'SIGUSR2');
      t.is(rules(stack), before);
    }),
  );
}

live(`after kill -9 the rules are seen as a dead owner's, and clearing or the next start removes them${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    stack.run('iptables', ...HOSTS_OWN);
    const before = rules(stack);
    const kill = async () => {
      const server = stack.node('synack', stack.address, '8080', 'guard');
      await server.prints('ready');
      await server.stop('SIGKILL');
    };
    await kill();
    t.not(rules(stack), before);
    const cleared = await stack.node('guard-command', 'clear').ended();
    t.is(cleared.stdout, 'dead 1\n');
    t.is(rules(stack), before);

    await kill();
    const next = stack.node('synack', stack.address, '8090', 'guard');
    await next.prints('ready');
    const status = await stack.node('guard-command', 'status').ended();
    t.is(status.stdout, 'alive 1\n');
    t.is(await connections(peer, stack.address, 8090, 1), 'open=1');
    await next.stop('SIGTERM');
    t.is(rules(stack), before);
  }),
);

live(`a guard leaves the rules of another one that runs alone${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    stack.run('iptables', ...HOSTS_OWN);
    const before = rules(stack);
    const first = stack.node('synack', stack.address, '8080', 'guard');
    const second = stack.node('synack', stack.address, '8090', 'guard');
    await Promise.all([first.prints('ready'), second.prints('ready')]);
    t.is((await stack.node('guard-command', 'clear').ended()).stdout, '');
    await first.stop();
    t.is(await connections(peer, stack.address, 8090, 10), 'open=10');
    await second.stop();
    t.is(rules(stack), before);
  }),
);

/** Tries a port and tells what came: 'refused', 'reset', 'silence'. */
const PROBE = `
import socket, sys
kind = socket.SOCK_DGRAM if sys.argv[3] == 'udp' else socket.SOCK_STREAM
s = socket.socket(socket.AF_INET, kind)
s.settimeout(0.3)
if len(sys.argv) > 4:
    s.bind(('', int(sys.argv[4])))
try:
    s.connect((sys.argv[1], int(sys.argv[2])))
    s.send(b'x')
    s.recv(1)
except ConnectionRefusedError:
    print('refused')
except TimeoutError:
    print('silence')
`;

live(`a rule stands for one port, one range or one connection, of TCP or UDP, and for nothing else${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    for (const chain of ['INPUT', 'OUTPUT'])
      stack.run('iptables', '-A', chain, '-p', 'tcp', '--dport', '9', '-j', 'ACCEPT');
    const before = rules(stack);
    const probe = (port: number, protocol: 'tcp' | 'udp', from?: number) =>
      peer
        .run(
          'python3',
          '-c',
          PROBE,
          stack.address,
          String(port),
          protocol,
          ...(from === undefined ? [] : [String(from)]),
        )
        .trim();
    t.is(probe(5000, 'udp'), 'refused');
    const holder = stack.node('hold', stack.address, peer.address);
    await holder.prints('holding');
    t.is(probe(5000, 'udp'), 'silence');
    t.is(probe(5001, 'udp'), 'refused');
    t.is(probe(5000, 'tcp'), 'refused');
    t.is(probe(6000, 'tcp'), 'silence');
    t.is(probe(6001, 'tcp'), 'refused');
    t.is(probe(61000, 'tcp'), 'silence');
    t.is(probe(61999, 'tcp'), 'silence');
    t.is(probe(62000, 'tcp'), 'refused');
    // The connection between 7000 here and 7777 there.
    t.is(probe(7000, 'tcp', 7777), 'silence');
    t.is(probe(7000, 'tcp', 7778), 'refused');
    // What was held twice and let go once is still held; what was let go is not.
    holder.signal('SIGUSR2');
    await holder.prints('let go');
    t.is(probe(6000, 'tcp'), 'silence');
    t.is(probe(7000, 'tcp', 7777), 'refused');
    await holder.stop();
    t.is(rules(stack), before);
  }),
);

live(`a rule is there once, however often it is asked for${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const holder = stack.node('hold', stack.address, peer.address);
    await holder.prints('holding');
    const listed = stack
      .run('iptables', '-S', 'NETWRIGHT')
      .split('\n')
      .filter((line) => line.includes('--sport 6000'));
    t.is(listed.length, 1);
    t.is(
      stack
        .run('iptables', '-S', 'OUTPUT')
        .split('\n')
        .filter((line) => line.includes('-j NETWRIGHT')).length,
      1,
    );
  }),
);

live(`without the right to change the packet filter the guard says so${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const program = new URL('./hold.js', import.meta.url).pathname;
    const bare = [
      '--bounding-set',
      '-all',
      '--inh-caps',
      '-all',
      process.execPath,
      program,
      stack.address,
      peer.address,
    ];
    t.is((await stack.ran('setpriv', ...bare)).stdout.trim(), 'GUARD_RIGHTS');
    const hidden = ['-i', 'PATH=/nowhere', process.execPath, program, stack.address, peer.address];
    t.is((await stack.ran('env', ...hidden)).stdout.trim(), 'GUARD_NO_IPTABLES');
  }),
);

const linux = existsSync('/proc/sys/net/ipv4/ip_local_port_range') ? test : test.skip;
linux('a guard over ports from which the host connects is refused (skipped where there is no /proc)', async (t) => {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').trim().split(/\s+/).map(Number);
  const open = (first: number, last: number) => Guard.open({ addresses: [], ephemeral: [first, last] });
  await t.throwsAsync(open(range[0], range[0]), { code: 'GUARD_EPHEMERAL' });
  await t.throwsAsync(open(range[1], 65535), { code: 'GUARD_EPHEMERAL' });
  await t.throwsAsync(open(range[1] + 2, range[1] + 1), { code: 'GUARD_EPHEMERAL' });
});
