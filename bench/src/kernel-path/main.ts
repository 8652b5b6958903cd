import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { networkProblem } from '../kernel/network.js';
import { type Cell, measure, queueOf, type Run, type Sender } from './cell.js';
import { CONGESTION } from './congestion.js';
import { table } from './table.js';
import { simulate } from './virtual.js';

// Our stack and the kernel send to a kernel over the same lossy path, in turns. See docs/kernel.md.
const { values } = parseArgs({
  options: {
    cc: { type: 'string', default: 'cubic,bbr' },
    rtt: { type: 'string', default: '20,100' },
    loss: { type: 'string', default: '0.1,1,3' },
    rate: { type: 'string', default: '0' },
    seeds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '6' },
    into: { type: 'string', default: 'kernel-path.json' },
    virtual: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
});
const numbers = (list: string) => list.split(',').map(Number);
const congestions = values.cc.split(',');
for (const each of congestions) if (!(each in CONGESTION)) throw new Error(`--cc: ${each} is not one of ours`);

/** What was measured before stays, unless it is measured again. */
const runs: Run[] = existsSync(values.into) ? JSON.parse(readFileSync(values.into, 'utf8')) : [];
if (!values.table) await measureAll();
console.log(`\n${table(runs)}`);
if (values.page) writePage();

/** The table stands between two marks of the page. */
function writePage(): void {
  const page = new URL('../../../docs/kernel.md', import.meta.url);
  const between = /(<!-- kernel-path -->\n)[\s\S]*?(<!-- \/kernel-path -->)/;
  const text = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    text.replace(between, (_, before, after) => `${before}${table(runs)}\n${after}`),
  );
}

async function measureAll(): Promise<void> {
  const senders: Sender[] = values.virtual ? ['virtual'] : ['stack', 'kernel'];
  const problem = values.virtual ? null : await networkProblem();
  if (problem !== null) throw new Error(`this needs a Linux kernel, root, libpcap and cap: ${problem}`);
  for (const congestion of congestions) {
    const waiting: (() => Promise<void>)[] = [];
    // Seeds outside: what is broken off has something of each cell. The two senders follow each other.
    for (let seed = 1; seed <= Number(values.seeds); seed++)
      for (const rtt of numbers(values.rtt))
        for (const loss of numbers(values.loss))
          for (const sender of senders)
            waiting.push(() => run({ congestion, rtt, loss, rate: Number(values.rate) * 1e6 }, sender, seed));
    // BBR fills a path; where that has no rate, it fills the machine. CUBIC takes a small part of either.
    const alone = values.virtual || (congestion === 'bbr' && Number(values.rate) === 0);
    const jobs = alone ? 1 : Number(values.jobs);
    const total = waiting.length;
    console.log(`${congestion}: ${total} runs of ${values.seconds} s, ${jobs} at once`);
    await Promise.all(
      Array.from({ length: jobs }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
      }),
    );
  }
}

async function run(cell: Cell, sender: Sender, seed: number): Promise<void> {
  const seconds = Number(values.seconds);
  const virtual = sender === 'virtual';
  const done = await (virtual ? simulate(cell, seed, seconds, queueOf(cell)) : measure(cell, sender, seed, seconds));
  const key = ({ congestion, rtt, loss, rate, sender, seed }: Run) =>
    JSON.stringify([congestion, rtt, loss, rate, sender, seed]);
  const before = runs.findIndex((each) => key(each) === key(done));
  if (before >= 0) runs.splice(before, 1);
  runs.push(done);
  writeFileSync(values.into, `${JSON.stringify(runs, null, 1)}\n`);
  const where = `${cell.congestion} ${cell.rtt} ms ${cell.loss} % seed ${seed}`;
  const relay = virtual
    ? 'in virtual time'
    : `relay ${(100 * done.relayCpu).toFixed(0)} % of a processor, too slow for ${done.tooSlow} frames`;
  console.log(`${where} ${sender.padEnd(7)} ${done.goodput.toFixed(2)} Mbit/s (${relay})`);
}
