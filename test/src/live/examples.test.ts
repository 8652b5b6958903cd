import test from 'ava';
import { liveProblem, type Namespace, type Program, Wire } from './netns.js';

const problem = await liveProblem('ethtool', 'iptables', 'curl', 'python3');
const live = problem === null ? test.serial : test.serial.skip;
const why = problem === null ? '' : ` (skipped: ${problem})`;

const COMMAND = new URL('../bin/netwright.js', import.meta.resolve('netwright')).pathname;
const example = (name: string) => new URL(`../../../examples/live/${name}`, import.meta.url).pathname;

const nw = (namespace: Namespace, ...args: string[]): Program => namespace.start(process.execPath, COMMAND, ...args);

/** Asks for a page until the server is there, which a program cannot be told otherwise. */
async function fetched(from: Namespace, url: string): Promise<string> {
  const retrying = ['--retry', '50', '--retry-delay', '0', '--retry-all-errors', '--connect-timeout', '1'];
  const { stdout, stderr } = await from.ran(
    'curl',
    '-sS',
    ...retrying,
    '-o',
    '/dev/null',
    '-w',
    '%{http_code} %{size_download}',
    url,
  );
  return stdout.split('\n').pop() || stderr;
}

async function onWire(body: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = Wire.make();
  try {
    await body(wire);
  } finally {
    await wire.remove();
  }
}

const rules = (namespace: Namespace) =>
  namespace
    .run('iptables-save')
    .replace(/^# (Generated|Completed).*$/gm, '')
    .replace(/\[\d+:\d+\]/g, '');

live(`examples/live/serve.yaml serves a page to curl, and stops on SIGINT${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const server = nw(stack, 'run', example('serve.yaml'));
    t.is(await fetched(peer, 'http://10.77.0.9/'), `200 ${10 * 1024 * 1024}`);
    const { status, stderr } = await server.stop('SIGINT');
    t.is(status, 0, stderr);
  }),
);

live(`examples/live/shared.yaml serves at the kernel's address, and leaves no rule${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    stack.run('iptables', '-A', 'OUTPUT', '-p', 'tcp', '--dport', '9', '-j', 'ACCEPT');
    const before = rules(stack);
    const server = nw(stack, 'run', example('shared.yaml'));
    t.is(await fetched(peer, 'http://10.77.0.1/small'), '200 1024');
    t.regex((await nw(stack, 'guard', 'status').ended()).stdout, /runs: .*--sport 80/);
    t.is((await server.stop('SIGINT')).status, 0);
    t.is(rules(stack), before);
    const killed = nw(stack, 'run', example('shared.yaml'));
    t.is(await fetched(peer, 'http://10.77.0.1/small'), '200 1024');
    await killed.stop('SIGKILL');
    t.not(rules(stack), before);
    t.regex((await nw(stack, 'guard', 'clear').ended()).stdout, /is gone: .*--sport 80/);
    t.is(rules(stack), before);
  }),
);

for (const name of ['fetch.yaml', 'shared-fetch.yaml']) {
  live(`examples/live/${name} fetches from a server of the kernel${why}`, (t) =>
    onWire(async ({ stack, peer }) => {
      const folder = `/tmp/netwright-example-${process.pid}`;
      peer.run('sh', '-c', `mkdir -p ${folder} && head -c 1000000 /dev/urandom > ${folder}/file`);
      try {
        const server = peer.start('python3', '-u', '-m', 'http.server', '8000', '--directory', folder);
        await server.prints('Serving');
        const { stdout, stderr } = await nw(stack, 'run', example(name)).ended();
        t.true(stdout.includes(peer.run('sha256sum', `${folder}/file`).split(' ')[0]), stdout + stderr);
      } finally {
        peer.run('rm', '-r', folder);
      }
    }),
  );
}
