import { parseArgs } from 'node:util';
import { bulkNode, bulkOurs } from './bulk.js';
import { connectionsNode, connectionsOurs } from './connections.js';

// Ours and Node's take turns, so that what else the machine does hits both; only the ratio of medians means something.
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, megabytes: { type: 'string', default: '256' } },
});
const rounds = Number(values.rounds);
const bytes = Number(values.megabytes) * 1_000_000;

function median(list: number[]): number {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}

async function compare(title: string, unit: string, runs: Record<string, () => Promise<number>>): Promise<void> {
  const results = new Map(Object.keys(runs).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(runs)) {
      const result = await run();
      // The first round warms the engine up.
      if (round > 0) results.get(name)?.push(result);
    }
  }
  console.log(title);
  const baseline = median(results.get('node net, loopback') ?? []);
  for (const [name, list] of results) {
    const [low, high] = [Math.min(...list), Math.max(...list)];
    const figures = `${median(list).toFixed(2)} [${low.toFixed(2)}-${high.toFixed(2)}] ${unit}`;
    console.log(`  ${name.padEnd(34)} ${figures}  x${(median(list) / baseline).toFixed(2)}`);
  }
}

await compare(`W1 bulk, one connection, ${values.megabytes} MB, 64 KiB writes, 1460-byte segments`, 'Gbit/s', {
  'netwright, one packet memory': () => bulkOurs(bytes, true),
  'netwright, a packet memory each': () => bulkOurs(bytes, false),
  'node net, loopback': () => bulkNode(bytes),
});
await compare('W3 connections, one at a time, 3000', '/s', {
  netwright: () => connectionsOurs(3000, 1),
  'node net, loopback': () => connectionsNode(3000, 1),
});
await compare('W3 connections, 100 at a time, 5000', '/s', {
  netwright: () => connectionsOurs(5000, 100),
  'node net, loopback': () => connectionsNode(5000, 100),
});
