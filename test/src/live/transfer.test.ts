import test from 'ava';
import { installed, liveProblem, type Namespace, type Program, Wire } from './netns.js';
import type { Task } from './station.js';

const problem = await liveProblem('ethtool', 'iptables', 'curl', 'python3');
const live = problem === null ? test.serial : test.serial.skip;
const why = problem === null ? '' : ` (skipped: ${problem})`;

const TEN_MEGABYTES = 10 * 1024 * 1024;

/** The stack with an address of its own, or with the kernel's and the guard. */
const WAYS: readonly [how: string, task: (wire: Wire) => Task][] = [
  ['an address of its own', () => ({ address: '10.77.0.9/24', capture: {} })],
  [
    'the address of the kernel and the guard on',
    ({ stack }) => ({
      address: `${stack.address}/24`,
      capture: { shared: { address: stack.address, ports: [80, '61000-65535'] } },
      guard: { ephemeral: [61000, 65535] },
    }),
  ],
];

async function onWire(body: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = Wire.make();
  try {
    await body(wire);
  } finally {
    await wire.remove();
  }
}

async function station(namespace: Namespace, task: Task): Promise<Program> {
  const program = namespace.node('station', JSON.stringify(task));
  await program.prints('ready');
  return program;
}

/** What the station said of itself when it stopped, or of something it did. */
const said = (program: Program, what: string) =>
  program.printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .findLast((line) => line.what === what);

const bare = (address: string) => address.split('/')[0];

/** Resets that reach a namespace, and those that leave it, counted by its own packet filter. */
function countResets(namespace: Namespace): () => number {
  for (const chain of ['INPUT', 'OUTPUT']) {
    namespace.run('iptables', '-A', chain, '-p', 'tcp', '--tcp-flags', 'RST', 'RST');
  }
  return () => {
    const counts = ['INPUT', 'OUTPUT'].map((chain) => {
      const listed = namespace.run('iptables', '-xvnL', chain).split('\n')[2];
      return Number(listed.trim().split(/\s+/)[0]);
    });
    return counts[0] + counts[1];
  };
}

/** What tshark finds wrong with a capture. */
function faults(namespace: Namespace, file: string): string {
  // One sum in 65,536 comes out as the kernel's 0xffff, which is right and which tshark does not like.
  const sum = '(tcp.checksum.status == "Bad" && tcp.checksum != 0xffff)';
  const wrong = `_ws.malformed || ${sum} || ip.checksum.status == "Bad" || tcp.flags.reset == 1`;
  const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
  return namespace.run('tshark', '-r', file, ...checks, '-Y', wrong).trim();
}

for (const [how, task] of WAYS) {
  live(`curl fetches 10 MB from the stack with ${how}, byte for byte, with timestamps and window scale${why}`, (t) =>
    onWire(async (wire) => {
      const { stack, peer } = wire;
      const server = await station(stack, { ...task(wire), serve: { port: 80, bytes: TEN_MEGABYTES } });
      const resets = countResets(peer);
      const url = `http://${bare(task(wire).address)}/`;
      // Slowly enough for `ss` to see the connection while it is there.
      const command = `curl -sS --max-time 60 --limit-rate 20M ${url} | sha256sum`;
      const fetching = peer.ran('sh', '-c', command);
      let sockets = '';
      const looking = (async () => {
        for (let looks = 0; looks < 200 && !/ESTAB[\s\S]*wscale/.test(sockets); looks++) {
          sockets = (await peer.ran('ss', '-Htino', 'dport', '=', ':80')).stdout;
        }
      })();
      const fetched = await fetching;
      await looking;
      t.is(fetched.stderr, '');
      t.is(fetched.stdout.split(' ')[0], said(server, 'serving').sha256);
      t.regex(sockets, /\bts\b/);
      t.regex(sockets, /\bwscale:\d+,\d+/);
      t.is(resets(), 0);
      await server.stop();
      t.is(said(server, 'served').error, null);
      t.is(said(server, 'stopped').packetsInUse, 0);
    }),
  );

  live(`the stack with ${how} fetches 10 MB from a server of the kernel, byte for byte${why}`, (t) =>
    onWire(async (wire) => {
      const { stack, peer } = wire;
      const folder = `/tmp/netwright-live-${process.pid}`;
      const resets = countResets(peer);
      peer.run('sh', '-c', `mkdir -p ${folder} && head -c ${TEN_MEGABYTES} /dev/urandom > ${folder}/file`);
      try {
        const sum = peer.run('sha256sum', `${folder}/file`).split(' ')[0];
        const server = peer.start('python3', '-u', '-m', 'http.server', '8000', '--directory', folder);
        await server.prints('Serving');
        const localPort = task(wire).guard === undefined ? {} : { localPort: 61234 };
        const fetch = { address: peer.address, port: 8000, path: '/file', ...localPort };
        const client = await station(stack, { ...task(wire), fetch });
        await client.ended();
        const { bytes, sha256, error } = said(client, 'fetched');
        t.deepEqual({ bytes, sha256, error }, { bytes: TEN_MEGABYTES, sha256: sum, error: null });
        t.is(resets(), 0);
        t.is(said(client, 'stopped').packetsInUse, 0);
      } finally {
        peer.run('rm', '-r', folder);
      }
    }),
  );

  live(`no connection of 100 by curl to the stack with ${how} is reset${why}`, (t) =>
    onWire(async (wire) => {
      const { stack, peer } = wire;
      const server = await station(stack, { ...task(wire), serve: { port: 80, bytes: 1000 } });
      const resets = countResets(peer);
      // A hundred URLs; each is a connection of its own, since the server closes after every answer.
      const urls = `http://${bare(task(wire).address)}/?[1-100]`;
      const { stdout, stderr } = await peer.ran('curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}\\n', urls);
      t.is(stdout.match(/^200$/gm)?.length, 100, stderr);
      t.is(resets(), 0);
      await server.stop();
      t.is(said(server, 'stopped').tcp.passiveOpens, 100);
      t.is(said(server, 'stopped').packetsInUse, 0);
    }),
  );
}

live(`with the guard off the kernel resets a connection to the shared address${why}`, (t) =>
  onWire(async (wire) => {
    const { stack, peer } = wire;
    const { guard, ...unguarded } = WAYS[1][1](wire);
    t.truthy(guard);
    await station(stack, { ...unguarded, serve: { port: 80, bytes: 1000 } });
    const resets = countResets(peer);
    const { status } = await peer.ran('curl', '-sS', '--max-time', '10', `http://${stack.address}/`);
    t.not(status, 0);
    t.true(resets() > 0);
  }),
);

/** Sends datagrams and counts the answers; the kernel's "port unreachable" shows as a refusal. */
const DATAGRAMS = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.connect((sys.argv[1], 7))
answers = refusals = 0
for n in range(50):
    try:
        s.send(str(n).encode())
        answers += s.recv(100) == str(n).encode()
    except ConnectionRefusedError:
        refusals += 1
print(answers, 'answers,', 'refused' if refusals else 'not refused')
`;

live(
  `with the guard datagrams to the shared address are answered by the stack alone, without it refused too${why}`,
  (t) =>
    onWire(async (wire) => {
      const { stack, peer } = wire;
      const { guard, ...unguarded } = WAYS[1][1](wire);
      const shared = { address: stack.address, ports: [7] };
      const talk = () => peer.run('python3', '-c', DATAGRAMS, stack.address).trim();
      const open = await station(stack, { ...unguarded, capture: { shared }, echo: 7 });
      t.regex(talk(), /, refused$/);
      await open.stop();
      await station(stack, { ...unguarded, capture: { shared }, guard: guard ?? {}, echo: 7 });
      t.is(talk(), '50 answers, not refused');
    }),
);

live(`the guard stops the kernel's resets, not the stack's own${why}`, (t) =>
  onWire(async (wire) => {
    await station(wire.stack, { ...WAYS[1][1](wire), refuse: 80 });
    const resets = countResets(wire.peer);
    const { stderr } = await wire.peer.ran('curl', '-sS', '--max-time', '10', `http://${wire.stack.address}/`);
    // A reset that comes before curl has looked at its new connection is a failure to connect.
    t.regex(stderr, /reset|failed to connect/i);
    t.true(resets() > 0);
  }),
);

const shark = problem === null && installed('tshark') ? test.serial : test.serial.skip;
const whyNoShark = problem === null && !installed('tshark') ? ' (skipped: tshark is not installed)' : why;

shark(`tshark finds nothing malformed, no bad checksum and no reset in a download of 2 MB${whyNoShark}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const server = await station(stack, {
      address: '10.77.0.9/24',
      capture: {},
      serve: { port: 80, bytes: 2_000_000 },
    });
    const file = `/tmp/netwright-live-${process.pid}.pcapng`;
    try {
      const watching = peer.start('tshark', '-q', '-i', 'veth0', '-w', file, '-f', 'tcp');
      await watching.prints('Capture started');
      const { stdout } = await peer.ran('sh', '-c', 'curl -sS --max-time 30 http://10.77.0.9/ | sha256sum');
      t.is(stdout.split(' ')[0], said(server, 'serving').sha256);
      // What was captured reaches the file a little later.
      let closed = new Set<string>();
      for (let looks = 0; looks < 20 && closed.size < 2; looks++) {
        const fins = await peer.ran('tshark', '-r', file, '-Y', 'tcp.flags.fin == 1', '-T', 'fields', '-e', 'ip.src');
        closed = new Set(fins.stdout.trim().split('\n').filter(Boolean));
      }
      await watching.stop('SIGINT');
      t.is(closed.size, 2, 'each side has closed');
      t.is(faults(peer, file), '');
      // The checks have checked something: every segment of the stack has a checksum that is good.
      const good = ['-o', 'tcp.check_checksum:TRUE', '-Y', 'ip.src == 10.77.0.9 && tcp.checksum.status == "Good"'];
      const all = peer.run('tshark', '-r', file, '-Y', 'ip.src == 10.77.0.9').split('\n').length;
      t.true(all > 1000);
      t.is(peer.run('tshark', '-r', file, ...good).split('\n').length, all);
    } finally {
      peer.run('rm', '-f', file);
    }
  }),
);
