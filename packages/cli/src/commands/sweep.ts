import { availableParallelism } from 'node:os';
import type { Setting } from '@netwright/core';
import type { AddCommand } from '../command-line.js';
import { fail } from '../errors.js';
import { addSetting, readTime } from '../manifest-file.js';
import { replayCommandLine } from '../sweep/command-line.js';
import { minimise } from '../sweep/minimise.js';
import type { SweepReport } from '../sweep/report.js';
import { readSeeds } from '../sweep/seeds.js';
import { sweep } from '../sweep/sweep.js';
import type { TrialSetup } from '../sweep/trial.js';
import { printJson, type Terminal } from '../terminal.js';

interface SweepOptions {
  readonly seeds: string;
  readonly shard?: string;
  readonly workers?: string;
  readonly until?: string;
  readonly set?: Setting[];
  readonly minimise: string;
  readonly json?: boolean;
}

/** `netwright sweep <manifest>`: a lab with many seeds, each run checked. */
export const sweepCommand: AddCommand = (program, terminal, setExit) => {
  program
    .command('sweep')
    .description('run a lab with many seeds, and hold each run to the invariants')
    .argument('<manifest>', 'a lab with `sim`: a YAML, JSON or JavaScript file')
    .option('--seeds <first..last>', 'the seeds', '1..100')
    .option('--shard <i/n>', 'every n-th of them alone, the rest is for other machines; see merge')
    .option('--workers <n>', 'threads; as many as there are processors unless said otherwise')
    .option('--until <time>', 'stop each run at this time: 500ms, 60s, 5min')
    .option('--set <path=value>', 'replace a value of the manifest: links.0.loss=0; may be given again', addSetting)
    .option('--minimise <n>', 'of how many failing seeds the fewest impairments are sought', '3')
    .option('--json', 'write the report as JSON')
    .action(async (file: string, options: SweepOptions) => {
      const until = readTime('--until', options.until) ?? null;
      const setup: TrialSetup = { file, settings: options.set ?? [], until };
      const workers = count('--workers', options.workers ?? String(availableParallelism()), 1);
      const progress = progressLine(terminal);
      const report = await sweep(setup, readSeeds(options.seeds, options.shard), workers, progress);
      terminal.progress?.('');
      if (options.json) printJson(terminal, report);
      else printReport(report, terminal);
      // A program reads the report: what a person wants to know of it goes beside it.
      const say = options.json ? terminal.err : terminal.out;
      for (const { seed } of report.failures.slice(0, count('--minimise', options.minimise, 0))) {
        await printMinimal(setup, seed, say);
      }
      if (report.failed > 0) setExit(1);
    });
};

/** @throws OPTION_MALFORMED */
function count(option: string, text: string, least: number): number {
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
  throw fail('OPTION_MALFORMED', { option, value: text, expected: `a number from ${least} on` });
}

/** How many runs lie between two lines of progress. */
const EVERY = 10;

function progressLine(terminal: Terminal): (done: number, failed: number, all: number) => void {
  return (done, failed, all) => {
    if (done % EVERY === 0 || done === all) terminal.progress?.(`${done} of ${all} runs, ${failed} failed`);
  };
}

/** Failing seeds that are named one by one. */
const SHOWN = 20;

/** The report for people. */
export function printReport(report: SweepReport, terminal: Terminal): void {
  for (const { seed, findings } of report.failures.slice(0, SHOWN)) {
    const [{ code, what }] = findings;
    const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
    terminal.out(`FAIL  seed ${seed}: ${code} ${what}${more}`);
  }
  if (report.failed > SHOWN) terminal.out(`and ${report.failed - SHOWN} more seeds: --json has them all`);
  const shard = report.shard === undefined ? '' : `, shard ${report.shard}`;
  terminal.out(`${report.runs} runs of seeds ${report.seeds}${shard}: ${report.failed} failed`);
  terminal.out(`traces ${report.traces}`);
}

async function printMinimal(setup: TrialSetup, seed: number, say: (line: string) => void): Promise<void> {
  const minimal = await minimise(setup, seed);
  if (minimal === null) return;
  const { finding, needed, settings } = minimal;
  say('');
  say(`seed ${seed} fails with ${needed.length === 0 ? 'no impairment at all' : `nothing but ${needed.join(', ')}`}:`);
  say(`  ${finding.code} ${finding.what}`);
  say(`  ${replayCommandLine(setup, seed, settings)}`);
}
