import test from 'ava';
import { liveProblem, type Namespace, type Program, Wire } from './netns.js';
import type { Task6 } from './station6.js';

const problem = await liveProblem('ethtool', 'ping', 'curl', 'python3');
const live = problem === null ? test.serial : test.serial.skip;
const why = problem === null ? '' : ` (skipped: ${problem})`;

const TEN_MEGABYTES = 10 * 1024 * 1024;
const STACK = 'fd77::9';
const PEER = 'fd77::2';

/** A wire of which both ends speak IPv6: the kernel's end has an address, the stack's end leaves the kernel out. */
async function onWire(body: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = Wire.make();
  try {
    const { peer } = wire;
    peer.run('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=0', 'net.ipv6.conf.veth0.disable_ipv6=0');
    peer.run('ip', '-6', 'addr', 'add', `${PEER}/64`, 'dev', 'veth0', 'nodad');
    await body(wire);
  } finally {
    await wire.remove();
  }
}

async function station(namespace: Namespace, task: Omit<Task6, 'address'>): Promise<Program> {
  const program = namespace.node('station6', JSON.stringify({ address: `${STACK}/64`, ...task }));
  await program.prints('ready');
  return program;
}

const said = (program: Program, what: string) =>
  program.printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .findLast((line) => line.what === what);

live(`the kernel pings the stack over IPv6, small and in fragments, and the stack the kernel${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const pinged = await station(stack, { ping: { address: PEER, sizes: [56, 1400, 8000] } });
    await pinged.ended();
    t.deepEqual(said(pinged, 'pinged').sizes, [56, 1400, 8000]);
    t.is(said(pinged, 'stopped').packetsInUse, 0);
    const server = await station(stack, { serve: 10 });
    for (const size of ['56', '8000']) {
      const { stdout } = await peer.ran('ping', '-6', '-c', '3', '-i', '0.2', '-s', size, STACK);
      t.regex(stdout, /3 packets transmitted, 3 received/);
    }
    await server.stop();
    t.is(said(server, 'stopped').packetsInUse, 0);
  }),
);

live(`curl -6 fetches 10 MB from the stack, byte for byte${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const server = await station(stack, { serve: TEN_MEGABYTES });
    const fetched = await peer.ran('sh', '-c', `curl -6 -g -sS --max-time 50 'http://[${STACK}]/' | sha256sum`);
    t.is(fetched.stderr, '');
    t.is(fetched.stdout.split(' ')[0], said(server, 'serving').sha256);
    await server.stop();
    t.is(said(server, 'served').error, null);
    t.is(said(server, 'stopped').packetsInUse, 0);
  }),
);

live(`the stack fetches 10 MB over IPv6 from a server of the kernel, byte for byte${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const folder = `/tmp/netwright-live6-${process.pid}`;
    peer.run('sh', '-c', `mkdir -p ${folder} && head -c ${TEN_MEGABYTES} /dev/urandom > ${folder}/file`);
    try {
      const sum = peer.run('sha256sum', `${folder}/file`).split(' ')[0];
      const server = peer.start('python3', '-u', '-m', 'http.server', '8000', '--bind', '::', '--directory', folder);
      await server.prints('Serving');
      const client = await station(stack, { fetch: { address: PEER, port: 8000, path: '/file' } });
      await client.ended();
      const { bytes, sha256, error } = said(client, 'fetched');
      t.deepEqual({ bytes, sha256, error }, { bytes: TEN_MEGABYTES, sha256: sum, error: null });
      t.is(said(client, 'stopped').packetsInUse, 0);
    } finally {
      peer.run('rm', '-r', folder);
    }
  }),
);
