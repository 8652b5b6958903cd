import { createHash } from 'node:crypto';
import { readSource } from '../manifest-file.js';
import { VERSION } from '../version.js';
import { Fleet } from './fleet.js';
import { type SweepReport, Tally } from './report.js';
import { type SeedRange, seedsOf } from './seeds.js';
import { type TrialSetup, Trials } from './trial.js';

/**
 * Runs a lab with many seeds on several threads, each run checked.
 * @param progress is told after each run how many are done and how many of them have failed.
 * @throws what is wrong with the manifest.
 */
export async function sweep(
  setup: TrialSetup,
  range: SeedRange,
  workers: number,
  progress: (done: number, failed: number, all: number) => void,
): Promise<SweepReport> {
  // What is wrong with the manifest is wrong for all seeds: it is told once, here.
  await Trials.open(setup);
  const seeds = seedsOf(range);
  const tally = new Tally();
  await new Fleet(setup, workers).run(seeds, (verdict) => {
    tally.add(verdict);
    progress(tally.done, tally.failed, seeds.length);
  });
  const head = { manifest: await digest(setup), engine: VERSION, seeds: `${range.from}..${range.to}` };
  const [which, count] = range.shard;
  return tally.report(head, count === 1 ? undefined : `${which}/${count}`);
}

/** Of what was run: the manifest as it is written, and what options changed in it. */
async function digest({ file, settings, until }: TrialSetup): Promise<string> {
  const source = await readSource(file);
  const text = typeof source === 'string' ? source : JSON.stringify(source);
  return createHash('sha256')
    .update(JSON.stringify([text, settings, until]))
    .digest('hex');
}
