import { Command, CommanderError } from 'commander';
import { doctorCommand } from './commands/doctor.js';
import { drillCommand } from './commands/drill.js';
import { graphCommand } from './commands/graph.js';
import { guardCommand } from './commands/guard.js';
import { mergeCommand } from './commands/merge.js';
import { pluginCommand } from './commands/plugin.js';
import { replayCommand } from './commands/replay.js';
import { runCommand } from './commands/run.js';
import { schemaCommand } from './commands/schema.js';
import { sweepCommand } from './commands/sweep.js';
import { traceCommand } from './commands/trace.js';
import { validateCommand } from './commands/validate.js';
import { isMisuse } from './errors.js';
import { asProblem, formatProblem, printJson, problemJson, problemsOf, type Terminal } from './terminal.js';
import { VERSION } from './version.js';

/** Exit codes: it worked; it ran and failed; it was called wrongly. */
export const EXIT = { ok: 0, failed: 1, misuse: 2 } as const;

/** Sets how the process will exit; a command that says nothing exits with 0. */
export type SetExit = (code: number) => void;

/** Puts one command on the program. */
export type AddCommand = (program: Command, terminal: Terminal, setExit: SetExit) => void;

const COMMANDS: AddCommand[] = [
  runCommand,
  sweepCommand,
  mergeCommand,
  replayCommand,
  validateCommand,
  graphCommand,
  traceCommand,
  drillCommand,
  guardCommand,
  doctorCommand,
  pluginCommand,
  schemaCommand,
];

/** Runs the command line `args` (without node and script). @returns the exit code; it does not throw. */
export async function execute(args: readonly string[], terminal: Terminal): Promise<number> {
  let exit: number = EXIT.ok;
  const program = new Command('netwright')
    .description('A TCP/IP stack that you can take apart.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .showHelpAfterError('(netwright help shows every command)')
    .addHelpText('after', '\nExit codes: 0 it worked, 1 a run or validation failed, 2 the command was called wrongly.');
  for (const add of COMMANDS) {
    add(program, terminal, (code) => {
      exit = code;
    });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.misuse;
    const problem = asProblem(error);
    const problems = problemsOf(problem);
    if (args.includes('--json')) printJson(terminal, { ok: false, problems: problems.map(problemJson) });
    else for (const each of problems) terminal.err(formatProblem(each));
    if (process.env.NETWRIGHT_STACK !== undefined && problem.cause instanceof Error)
      terminal.err(String(problem.cause.stack));
    return isMisuse(problem) ? EXIT.misuse : EXIT.failed;
  }
}
