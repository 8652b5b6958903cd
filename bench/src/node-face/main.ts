import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chunkCosts } from './chunk.js';

// A program's network with the preload against Node's own, in processes that take turns; then what a chunk costs at the face.
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rounds = Number(values.rounds);
const workload = fileURLToPath(new URL('./workload.js', import.meta.url));

for (const name of ['http requests/s', 'http latency, us', 'bulk, MB/s', 'round trip of 64 bytes, us']) {
  const [ours, kernel]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(run(['--import', '@netwright/node/register'], name));
    kernel.push(run([], name));
  }
  const [of, by] = [median(ours), median(kernel)];
  console.log(
    `${name.padEnd(28)} ours ${of.toFixed(0).padStart(6)}  kernel ${by.toFixed(0).padStart(6)}  x${(of / by).toFixed(2)}`,
  );
}
for (const { size, face, bare } of await chunkCosts()) {
  const cost = `face ${face.toFixed(2)}  endpoint ${bare.toFixed(2)}  between ${(face - bare).toFixed(2)}`;
  console.log(`a chunk of ${String(size).padStart(5)} bytes, us       ${cost}`);
}

function run(options: string[], name: string): number {
  const folder = fileURLToPath(new URL('../..', import.meta.url));
  return Number(execFileSync(process.execPath, [...options, workload, name], { cwd: folder, encoding: 'utf8' }));
}

function median(list: number[]): number {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}
