import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chunkCosts } from './chunk.js';

// A program's network with the preload against Node's own, in processes that take turns; then what a chunk costs at the face.
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rounds = Number(values.rounds);
const workload = fileURLToPath(new URL('./workload.js', import.meta.url));
const WORK = [
  'http, 50 clients',
  'http, one client',
  'http, bodies of 1 MiB',
  'net, one way',
  'net, 64 bytes there and back',
];

type Figures = Record<string, number>;

for (const name of WORK) {
  const [ours, kernel]: Figures[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(run(['--import', '@netwright/node/register'], name));
    kernel.push(run([], name));
  }
  for (const figure of Object.keys(ours[0])) {
    const [of, by] = [ours, kernel].map((runs) => runs.map((each) => each[figure]).sort((a, b) => a - b));
    const ratio = (median(of) / median(by)).toFixed(2);
    console.log(`${`${name}: ${figure}`.padEnd(40)} ours ${range(of)}  kernel ${range(by)}  x${ratio}`);
  }
}
for (const { size, face, bare } of await chunkCosts()) {
  const cost = `face ${face.toFixed(2)}  endpoint ${bare.toFixed(2)}  between ${(face - bare).toFixed(2)}`;
  console.log(`${`a chunk of ${size} bytes, us`.padEnd(40)} ${cost}`);
}

function run(options: string[], name: string): Figures {
  const folder = fileURLToPath(new URL('../..', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [...options, workload, name], { cwd: folder, encoding: 'utf8' }));
}

/** Of a sorted list. */
function median(sorted: number[]): number {
  return sorted[sorted.length >> 1];
}

/** Median, least and most. */
function range(sorted: number[]): string {
  return `${median(sorted).toFixed(0).padStart(6)} [${sorted[0].toFixed(0)}-${sorted[sorted.length - 1].toFixed(0)}]`;
}
