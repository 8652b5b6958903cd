import { fail } from '../errors.js';

/** Seeds, and which share of them is this machine's. */
export interface SeedRange {
  readonly from: number;
  readonly to: number;
  /** Which of how many; [1, 1] is all. */
  readonly shard: readonly [number, number];
}

/** Reads `--seeds 1..10000` or `--seeds 17`, and `--shard 2/4`. @throws OPTION_MALFORMED */
export function readSeeds(seeds: string, shard = '1/1'): SeedRange {
  const range = /^(\d+)(?:\.\.(\d+))?$/.exec(seeds);
  const [from, to] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
  if (range === null || to < from) {
    throw fail('OPTION_MALFORMED', { option: '--seeds', value: seeds, expected: 'first..last, such as 1..10000' });
  }
  const part = /^([1-9]\d*)\/([1-9]\d*)$/.exec(shard);
  const [which, count] = [Number(part?.[1]), Number(part?.[2])];
  if (part === null || which > count) {
    throw fail('OPTION_MALFORMED', { option: '--shard', value: shard, expected: 'which/of-how-many, such as 2/4' });
  }
  return { from, to, shard: [which, count] };
}

/** The seeds of this shard: every so-many-th, so that shards take equally long. */
export function seedsOf({ from, to, shard: [which, count] }: SeedRange): number[] {
  const seeds: number[] = [];
  for (let seed = from + which - 1; seed <= to; seed += count) seeds.push(seed);
  return seeds;
}
