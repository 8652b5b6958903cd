import { addressesOf, profileOf, rulesOf, type Score, stackOf } from './configure.js';
import { Mismatch, ScriptSyntaxError, Unsupported } from './outcome.js';
import { parseScript } from './parse/parse.js';
import type { Script } from './parse/script.js';
import type { Profile } from './profile/profile.js';
import { explain } from './report.js';
import { DEFAULT_ADDRESSES, DEFAULT_ADDRESSES_6, Environment } from './run/environment.js';
import { Runner } from './run/runner.js';
import { type Configuration, runShell } from './shell.js';
import { cookieNames } from './socket/opening.js';

/** How scripts are run. */
export interface DrillOptions {
  /** 'linux' unless said otherwise: its tolerance; 'strict' takes 1 ms; 'no-psh' does not look at PSH. */
  readonly score?: Score;
  /** Whose defaults the scripts assume; 'linux' unless said otherwise. */
  readonly profile?: Profile['name'];
  /** Scripts that do not say their version run over IPv6. */
  readonly ipv6?: boolean;
  /** What names in scripts stand for: -D NAME=VALUE. */
  readonly defines?: ReadonlyMap<string, string>;
}

/** What became of a script. */
export interface ScriptResult {
  readonly file: string;
  readonly result: 'passed' | 'failed' | 'unsupported';
  /** Where it failed, or what needs something that is not there; 0 where it passed. */
  readonly line: number;
  /** One line; empty where it passed. */
  readonly reason: string;
  /** Expected and actual, and the trace around the failure; empty where it passed. */
  readonly details: readonly string[];
}

/** Runs one script over a stack of its own, in virtual time. It does not throw for anything a script may say. */
export async function runScript(file: string, text: string, options: DrillOptions = {}): Promise<ScriptResult> {
  try {
    const { local, remote } = options.ipv6 === true ? DEFAULT_ADDRESSES_6 : DEFAULT_ADDRESSES;
    const names = new Map([...cookieNames(local, remote), ...(options.defines ?? [])]);
    return await runParsed(file, parseScript(text, names), options);
  } catch (error) {
    if (error instanceof ScriptSyntaxError) {
      const { line, column, problem } = error;
      return {
        file,
        result: 'failed',
        line,
        reason: `${line}:${column} ${problem}`,
        details: sourceAt(text, line, column),
      };
    }
    if (error instanceof Unsupported) return unsupported(file, error, error.line);
    // Neither runner nor stack may break whatever a script says: that one did is a failure, and the others still run.
    const stack = error instanceof Error ? String(error.stack).split('\n') : [];
    return { file, result: 'failed', line: 0, reason: `the run broke off: ${String(error)}`, details: stack };
  }
}

async function runParsed(file: string, script: Script, options: DrillOptions): Promise<ScriptResult> {
  const profile = profileOf(script, options.profile ?? 'linux');
  const { configuration, events } = configurationOf(script);
  const mtu = configuration.route.get('mtu');
  const addresses = { ...addressesOf(script, options.ipv6), ...(mtu === undefined ? {} : { mtu: Number(mtu) }) };
  const environment = new Environment({
    profile,
    addresses,
    sysctls: configuration.sysctls,
    ...stackOf(profile, configuration),
  });
  await environment.start();
  const runner = new Runner(environment, { ...script, events }, rulesOf(script, options.score ?? 'linux'));
  try {
    const failure = runner.run();
    if (failure === null) {
      return { file, result: 'passed', line: 0, reason: '', details: [] };
    }
    const { line, error } = failure;
    if (error instanceof Unsupported) return unsupported(file, error, line);
    return {
      file,
      result: 'failed',
      line,
      reason: oneLine(error),
      details: explain(script, line, error, runner.trace),
    };
  } finally {
    await environment.stop();
  }
}

/** What the commands before anything else ask for: they make the stack, and fall away as events. */
function configurationOf(script: Script): { configuration: Configuration; events: Script['events'] } {
  const configuration: Configuration = { sysctls: new Map(), route: new Map() };
  const early = (command: string, line: number) => {
    try {
      runShell(command, configuration, null);
    } catch (error) {
      throw error instanceof Unsupported ? new Unsupported(error.what, line) : error;
    }
  };
  for (const { command, line } of script.init) early(command, line);
  let first = 0;
  for (const { action, line } of script.events) {
    if (action.kind !== 'shell') break;
    early(action.command, line);
    first++;
  }
  return { configuration, events: script.events.slice(first) };
}

function unsupported(file: string, error: Unsupported, line: number): ScriptResult {
  return { file, result: 'unsupported', line, reason: `unsupported: ${error.what}`, details: [] };
}

function oneLine(error: Mismatch): string {
  if (error.expected === '' && error.actual === '') return error.problem;
  return `${error.problem}: expected ${error.expected}, got ${error.actual}`;
}

function sourceAt(text: string, line: number, column: number): string[] {
  const source = text.split('\n')[line - 1] ?? '';
  return [`  ${source}`, `  ${' '.repeat(Math.max(0, column - 1))}^`];
}
