import {
  type Application,
  buildLab,
  buildStack,
  type Host,
  type LabResult,
  type Manifest,
  type NetwrightError,
  type Setting,
  type ValidationResult,
} from '@netwright/core';
import { LabCheck, stopGently } from '@netwright/plugins';
import type { AddCommand } from '../command-line.js';
import { fail } from '../errors.js';
import { failuresOf, unjudged } from '../failures.js';
import { interruption } from '../interruption.js';
import { addSetting, buildOptions, readManifest, readTime } from '../manifest-file.js';
import { formatProblem, printJson, problemJson, type Terminal, table } from '../terminal.js';

interface RunOptions {
  readonly seed?: string;
  readonly until?: string;
  readonly set?: Setting[];
  readonly check?: boolean;
  readonly write?: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** What a run came to; `--json` writes it. */
interface Outcome {
  readonly ok: boolean;
  /** Why it ended: applications done, time over, nothing left to happen, or interrupted. */
  readonly ended: string;
  /** Ms on the clock of the run. */
  readonly time: number;
  readonly reports: LabResult['reports'];
  readonly validation: readonly ValidationResult[];
  /** Why applications could not do what they were started for, by name. */
  readonly failures: Record<string, string>;
  /** What watchers and `--check` have found wrong. */
  readonly problems: readonly NetwrightError[];
}

/** `netwright run <manifest>`: a stack in real time, or a lab, until its applications are done or it is interrupted. */
export const runCommand: AddCommand = (program, terminal, setExit) => {
  program
    .command('run')
    .description('build what a manifest describes, and run it')
    .argument('<manifest>', 'a YAML, JSON or JavaScript file')
    .option('--seed <seed>', "another seed than the manifest's")
    .option('--until <time>', 'stop at this time of the run: 500ms, 60s, 5min')
    .option('--set <path=value>', 'replace a value of the manifest: links.0.loss=0; may be given again', addSetting)
    .option('--check', 'hold a lab to the invariants that every run must keep')
    .option('-w, --write <file>', 'write every frame into a pcapng file, with the reason of each')
    .option('-v, --verbose', 'print every frame with the reason it was sent for')
    .option('--json', 'write the outcome as JSON')
    .action(async (file: string, options: RunOptions) => {
      const manifest = withWatchers(await readManifest(file, options.set), options);
      const lines: string[] = [];
      const print = options.json ? (line: string) => lines.push(line) : terminal.out;
      const run = manifest.kind === 'lab' ? runLab : runStack;
      const until = readTime('--until', options.until);
      const outcome = await run(manifest, { ...options, until, print, ready: terminal.err });
      if (options.json) printJson(terminal, { ...outcome, problems: outcome.problems.map(problemJson), lines });
      else printOutcome(outcome, terminal);
      if (!outcome.ok) setExit(1);
    });
};

/** The manifest with the watchers that the options ask for. */
function withWatchers(manifest: Manifest, { write, verbose }: RunOptions): Manifest {
  const watch = [...(manifest.value.watch ?? [])];
  if (verbose) watch.push({ use: 'trace' });
  if (write !== undefined) watch.push({ use: 'pcapng', file: write });
  manifest.value.watch = watch;
  return manifest;
}

interface RunSettings {
  readonly until?: number;
  readonly seed?: string;
  readonly check?: boolean;
  readonly print: (line: string) => void;
  /** Is told once that a stack in real time runs: whoever waits for it may begin. */
  readonly ready: (line: string) => void;
}

async function runLab(manifest: Manifest, { until, seed, check, print }: RunSettings): Promise<Outcome> {
  const lab = await buildLab(manifest, { ...buildOptions(print), ...(seed === undefined ? {} : { seed }) });
  const interrupt = interruption(() => lab.stop());
  try {
    const times = until === undefined ? {} : { until };
    const checked = check === true ? await new LabCheck(lab).run(times) : null;
    const result = checked?.result ?? (await lab.run(times));
    const problems = checked?.problems ?? result.problems;
    const failures = unjudged(checked?.failures ?? failuresOf(lab.apps), result);
    const ok = result.passed && problems.length === 0 && Object.keys(failures).length === 0;
    return { ...result, problems, failures, ok };
  } finally {
    interrupt.forget();
    await lab.stop();
  }
}

/** How often a stack in real time is asked whether its applications are done, in ms. */
const ASK_EVERY = 20;

async function runStack(manifest: Manifest, { until, seed, check, print, ready }: RunSettings): Promise<Outcome> {
  if (check === true) throw fail('MANIFEST_NO_SIM', { use: '--check' });
  const stack = await buildStack(manifest, { ...buildOptions(print), ...(seed === undefined ? {} : { seed }) });
  const { clock } = stack.host;
  let end: (why: string) => void = () => {};
  const ending = new Promise<string>((resolve) => {
    end = resolve;
  });
  const interrupt = interruption(() => end('stopped'));
  const alarm = clock.alarm(() => {
    if (finished(stack.apps)) end('done');
    else if (until !== undefined && clock.now() >= until) end('time');
    else alarm.set(clock.now() + ASK_EVERY);
  });
  try {
    await stack.start();
    ready(`running: ${stack.name}, ${whereabouts(stack.host)}`);
    alarm.set(clock.now());
    const ended = await ending;
    alarm.clear();
    const time = clock.now();
    const reports = Object.fromEntries([...stack.apps].map(([name, app]) => [name, app.report?.() ?? {}]));
    // What the stop does to applications is no failure of theirs.
    const failures = failuresOf([...stack.apps]);
    await stopGently(stack);
    return { ok: Object.keys(failures).length === 0, ended, time, reports, validation: [], failures, problems: [] };
  } finally {
    interrupt.forget();
  }
}

/** 'eth0 10.0.0.1/24, eth1 10.0.1.1/24' */
function whereabouts({ interfaces }: Host): string {
  return interfaces.map(({ name, addresses }) => `${name} ${addresses.join(' ') || 'without an address'}`).join(', ');
}

/** Whether there is something to wait for, and all of it is done. */
function finished(apps: ReadonlyMap<string, Application>): boolean {
  const waited = [...apps.values()].filter((each) => each.done !== undefined);
  return waited.length > 0 && waited.every((each) => each.done?.());
}

const WHY: Record<string, string> = {
  done: 'every application is done',
  time: 'its time is over',
  idle: 'nothing is left to happen',
  stopped: 'it was stopped',
};

function printOutcome({ ended, time, reports, validation, failures, problems }: Outcome, terminal: Terminal): void {
  const rows = Object.entries(reports)
    .filter(([, report]) => Object.keys(report).length > 0)
    .map(([name, report]) => [
      name,
      Object.entries(report)
        .map(([key, value]) => `${key} ${value}`)
        .join(', '),
    ]);
  for (const line of table(rows)) terminal.out(line);
  for (const { passed, text, message } of validation) {
    const said = message.startsWith(text) ? message : `${text}: ${message}`;
    terminal.out(`${passed ? 'ok  ' : 'FAIL'}  ${said}`);
  }
  for (const [name, why] of Object.entries(failures)) terminal.out(`FAIL  ${name}: ${why}`);
  for (const each of problems) terminal.out(`FAIL  ${formatProblem(each)}`);
  terminal.out(`ended after ${(time / 1000).toFixed(3)} s: ${WHY[ended] ?? ended}`);
}
