import {
  type Application,
  buildLab,
  buildStack,
  duration,
  type LabResult,
  type Manifest,
  type ValidationResult,
} from '@netwright/core';
import { stopGently } from '@netwright/plugins';
import type { AddCommand } from '../command-line.js';
import { fail } from '../errors.js';
import { interruption } from '../interruption.js';
import { buildOptions, readManifest } from '../manifest-file.js';
import { printJson, type Terminal, table } from '../terminal.js';

interface RunOptions {
  readonly seed?: string;
  readonly until?: string;
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
}

/** `netwright run <manifest>`: a stack in real time, or a lab, until its applications are done or it is interrupted. */
export const runCommand: AddCommand = (program, terminal, setExit) => {
  program
    .command('run')
    .description('build what a manifest describes, and run it')
    .argument('<manifest>', 'a YAML, JSON or JavaScript file')
    .option('--seed <seed>', "another seed than the manifest's")
    .option('--until <time>', 'stop at this time of the run: 500ms, 60s, 5min')
    .option('-w, --write <file>', 'write every frame into a pcapng file, with the reason of each')
    .option('-v, --verbose', 'print every frame with the reason it was sent for')
    .option('--json', 'write the outcome as JSON')
    .action(async (file: string, options: RunOptions) => {
      const manifest = withWatchers(await readManifest(file), options);
      const lines: string[] = [];
      const print = options.json ? (line: string) => lines.push(line) : terminal.out;
      const run = manifest.kind === 'lab' ? runLab : runStack;
      const outcome = await run(manifest, { until: until(options.until), seed: options.seed, print });
      if (options.json) printJson(terminal, { ...outcome, lines });
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

/** @throws OPTION_MALFORMED */
function until(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = duration().safeParse(/^\d+$/.test(text) ? Number(text) : text);
  if (parsed.success) return parsed.data;
  throw fail('OPTION_MALFORMED', { option: '--until', value: text, expected: 'a time such as 500ms, 60s or 5min' });
}

interface RunSettings {
  readonly until?: number;
  readonly seed?: string;
  readonly print: (line: string) => void;
}

async function runLab(manifest: Manifest, { until, seed, print }: RunSettings): Promise<Outcome> {
  const lab = await buildLab(manifest, { ...buildOptions(print), ...(seed === undefined ? {} : { seed }) });
  const interrupt = interruption(() => lab.stop());
  try {
    const result = await lab.run(until === undefined ? {} : { until });
    // Where the manifest says what an application should have come to, that decides.
    const judged = new Set(result.validation.map(({ text }) => text));
    const failures = failuresOf([...lab.apps].filter(([name]) => !judged.has(name)));
    return { ...result, failures, ok: result.passed && Object.keys(failures).length === 0 };
  } finally {
    interrupt.forget();
    await lab.stop();
  }
}

/** How often a stack in real time is asked whether its applications are done, in ms. */
const ASK_EVERY = 20;

async function runStack(manifest: Manifest, { until, seed, print }: RunSettings): Promise<Outcome> {
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
    alarm.set(clock.now());
    const ended = await ending;
    alarm.clear();
    const time = clock.now();
    const reports = Object.fromEntries([...stack.apps].map(([name, app]) => [name, app.report?.() ?? {}]));
    // What the stop does to applications is no failure of theirs.
    const failures = failuresOf([...stack.apps]);
    await stopGently(stack);
    return { ok: Object.keys(failures).length === 0, ended, time, reports, validation: [], failures };
  } finally {
    interrupt.forget();
  }
}

function failuresOf(apps: readonly (readonly [string, Application])[]): Record<string, string> {
  const failures: Record<string, string> = {};
  for (const [name, app] of apps) {
    const why = app.failure?.() ?? null;
    if (why !== null) failures[name] = why;
  }
  return failures;
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

function printOutcome({ ended, time, reports, validation, failures }: Outcome, terminal: Terminal): void {
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
  terminal.out(`ended after ${(time / 1000).toFixed(3)} s: ${WHY[ended] ?? ended}`);
}
