import { parseArgs } from 'node:util';
import { ADDRESS, Network, networkProblem } from '../kernel/network.js';
import type { RelayCounters } from '../kernel/relay.js';
import type { EndTask } from './kernel-end.js';
import type { Left } from './stack-end.js';
import { ENDINGS, type Outcome, type Plan, type Side, sentBy, transfersOf, wrongWith } from './transfer.js';

// Transfers between our stack and the kernel over a bad path, in both directions. See docs/kernel.md.
const { values } = parseArgs({
  options: {
    transfers: { type: 'string', default: '1000' },
    concurrent: { type: 'string', default: '40' },
    largest: { type: 'string', default: '262144' },
    endings: { type: 'string', default: ENDINGS.join() },
    seed: { type: 'string', default: '1' },
    rtt: { type: 'string', default: '4' },
    loss: { type: 'string', default: '1' },
    reorder: { type: 'string', default: '2' },
    duplicate: { type: 'string', default: '0.5' },
    timeout: { type: 'string', default: '300' },
  },
});
const problem = await networkProblem();
if (problem !== null) throw new Error(`this needs a Linux kernel, root, libpcap and cap: ${problem}`);

const seed = Number(values.seed);
const plan: Plan = {
  seed,
  transfers: Number(values.transfers),
  largest: Number(values.largest),
  endings: ENDINGS.filter((each) => values.endings.split(',').includes(each)),
};
const transfers = transfersOf(plan);
const share = (percent: string) => Number(percent) / 100;
const network = await Network.make({
  sender: 'stack',
  seed,
  dataLoss: 0,
  both: {
    latency: Number(values.rtt) / 2,
    loss: share(values.loss),
    reorder: share(values.reorder),
    reorderDelay: 3,
    duplicate: share(values.duplicate),
  },
});
try {
  await run();
} finally {
  await network.remove();
}

async function run(): Promise<void> {
  const began = performance.now();
  const concurrent = Math.max(1, Number(values.concurrent) >> 1);
  const [kernelPort, stackPort] = [7001, 7002];
  const task = (port: number, address: string, peerPort: number): EndTask => ({
    plan,
    concurrent,
    port,
    peer: { address, port: peerPort },
  });
  const stack = network.node('left', '../interop/stack-end.js', task(stackPort, ADDRESS.right, kernelPort));
  await stack.prints('ready');
  const kernel = network.node('right', '../interop/kernel-end.js', task(kernelPort, ADDRESS.stack, stackPort));
  await kernel.prints('ready');
  stack.signal('SIGUSR2');
  const timer = setTimeout(() => {
    // What is printed so far is judged: what is missing shows.
    stack.stop();
    kernel.stop();
  }, Number(values.timeout) * 1000);
  const [ours, theirs] = await Promise.all([stack.ended(), kernel.ended()]);
  clearTimeout(timer);
  const seconds = (performance.now() - began) / 1000;
  const sockets = network.run('right', 'ss', '-Htan', 'state', 'connected', 'exclude', 'time-wait').trim();
  const relay = await network.stopRelay<RelayCounters>();

  const outcomes = [...linesOf<Outcome>(ours.out, '"index"'), ...linesOf<Outcome>(theirs.out, '"index"')];
  const [left] = linesOf<Left>(ours.out, '"waitedFor"');
  const problems = judge(outcomes);
  if (left === undefined) problems.push(`our end did not finish: ${ours.error}`);
  else {
    if (left.connections > 0) problems.push(`${left.connections} connections of ours are left`);
    if (left.packets > 0) problems.push(`${left.packets} packets of ours are left`);
  }
  if (sockets !== '') problems.push(`sockets of the kernel are left:\n${sockets}`);
  for (const each of problems.slice(0, 50)) console.log(each);
  console.log(summary(seconds, relay));
  console.log(problems.length === 0 ? 'all as they should be' : `${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
}

/** Each transfer has one outcome at either end, and each is as planned. */
function judge(outcomes: readonly Outcome[]): string[] {
  const problems: string[] = [];
  const byEnd = new Map(outcomes.map((outcome) => [`${outcome.side} ${outcome.index}`, outcome]));
  if (byEnd.size !== outcomes.length)
    problems.push(`${outcomes.length - byEnd.size} outcomes are of no transfer, or come twice`);
  for (const transfer of transfers) {
    const { index, opener, sender, ending, size } = transfer;
    for (const side of ['stack', 'kernel'] as const satisfies Side[]) {
      const outcome = byEnd.get(`${side} ${index}`);
      const wrong = outcome === undefined ? 'it is not over' : wrongWith(transfer, seed, outcome);
      if (wrong === null) continue;
      const what = `opened by ${opener}, sent by ${sender}, ${size} bytes, ${ending}`;
      problems.push(`transfer ${index} (${what}) at ${side}: ${wrong}`);
    }
  }
  return problems;
}

function summary(seconds: number, { lost, reordered, duplicated, frames, tooSlow }: RelayCounters): string {
  const sum = (side: Side) => transfers.reduce((bytes, transfer) => bytes + sentBy(transfer, side), 0);
  const mega = (bytes: number) => (bytes / 1e6).toFixed(1);
  const kinds = ENDINGS.map((ending) => `${transfers.filter((each) => each.ending === ending).length} ${ending}`);
  return [
    `${transfers.length} transfers (${kinds.join(', ')}) in ${seconds.toFixed(1)} s`,
    `${mega(sum('stack'))} MB for the kernel, ${mega(sum('kernel'))} MB for us`,
    `${frames} frames: ${lost} lost, ${reordered} reordered, ${duplicated} twice, ${tooSlow} more than the relay took`,
  ].join('\n');
}

function linesOf<Line>(out: string, having: string): Line[] {
  return out
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(having))
    .map((line) => JSON.parse(line) as Line);
}
