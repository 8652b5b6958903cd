// Plays random scripts of established connections on the kernel of this machine and on our stack, and says where they
// differ first:
//   node tools/drill-kernel/random.mjs --seeds 1..200 [--ignore time,rtt] [--wire] [--minimise] [--together 8] [--out folder]
//   node tools/drill-kernel/random.mjs script.pkt …        scripts of before: only what goes in counts
// Needs root, /dev/net/tun, ip and python3. docs/drill-kernel.md says more.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { FIELDS } from './random/compare.mjs';
import { minimise } from './random/minimise.mjs';
import { readRandomScript, scriptText } from './random/script.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string' },
    ignore: { type: 'string', default: '' },
    wire: { type: 'boolean', default: false },
    minimise: { type: 'boolean', default: false },
    together: { type: 'string', default: '8' },
    out: { type: 'string' },
    verbose: { type: 'boolean', short: 'v', default: false },
  },
});
const worker = new URL('random/worker.mjs', import.meta.url).pathname;

/** Workers that play one script each at a time. */
class Workers {
  constructor(count, ignored) {
    this.idle = [];
    this.waiting = [];
    this.all = Array.from({ length: count }, () => {
      const child = spawn(process.execPath, [worker, ...ignored], { stdio: ['pipe', 'pipe', 'inherit'] });
      const own = { child, answer: null };
      createInterface({ input: child.stdout }).on('line', (line) => {
        own.answer(JSON.parse(line));
        this.free(own);
      });
      this.idle.push(own);
      return child;
    });
  }

  free(own) {
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(own);
    else next(own);
  }

  async play(asked) {
    const own = this.idle.pop() ?? (await new Promise((free) => this.waiting.push(free)));
    return new Promise((answer) => {
      own.answer = answer;
      own.child.stdin.write(`${JSON.stringify(asked)}\n`);
    });
  }

  end() {
    for (const child of this.all) child.stdin.end();
  }
}

function asked() {
  if (values.seeds === undefined)
    return positionals.map((file) => {
      const script = readRandomScript(readFileSync(file, 'utf8'));
      return { name: file, script: { ...script, until: script.events.at(-1).at + 400 } };
    });
  const [from, to = from] = values.seeds.split('..').map(Number);
  return Array.from({ length: to - from + 1 }, (_, i) => ({ name: `seed ${from + i}`, seed: from + i }));
}

const workers = new Workers(Number(values.together), [
  ...values.ignore.split(',').filter(Boolean),
  ...(values.wire ? FIELDS : []),
]);
const kinds = new Map();
let same = 0;
let broken = 0;
const plays = async (script) => (await workers.play({ script, times: 2 })).difference ?? null;

async function one({ name, seed, script }) {
  let answer = await workers.play({ seed, script });
  if (answer.broken !== undefined) {
    broken++;
    console.log(`${name} broken: ${answer.broken}`);
    return;
  }
  if (answer.difference === null) {
    same++;
    if (values.verbose) console.log(`${name}\n${answer.told}`);
    return;
  }
  if (values.minimise) {
    const shorter = await minimise(answer.script, answer.difference, plays);
    const again = await workers.play({ script: shorter, times: 2 });
    if (again.difference?.kind === answer.difference.kind) answer = again;
  }
  const { kind } = answer.difference;
  kinds.set(kind, [...(kinds.get(kind) ?? []), name.replace('seed ', '')]);
  console.log(`${name} (${answer.script.kind ?? 'script'})\n${answer.told}\n`);
  if (values.out === undefined) return;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, `${kind}-${seed ?? 0}.pkt`), scriptText(answer.script));
}

await Promise.all(asked().map(one));
workers.end();
console.log(`${same} the same, ${[...kinds.values()].flat().length} differ, ${broken} broken`);
for (const [kind, names] of [...kinds].sort((a, b) => b[1].length - a[1].length))
  console.log(`  ${kind}: ${names.length} (${names.slice(0, 12).join(' ')})`);
