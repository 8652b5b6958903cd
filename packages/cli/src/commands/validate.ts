import { checkManifest } from '@netwright/core';
import type { AddCommand } from '../command-line.js';
import { buildOptions, readManifest } from '../manifest-file.js';
import { formatProblem, printJson, problemJson } from '../terminal.js';

/** `netwright validate <manifest>`: every problem of a manifest, with its place and remedy; opens nothing. */
export const validateCommand: AddCommand = (program, terminal, setExit) => {
  program
    .command('validate')
    .description('check a manifest and its wiring without opening anything')
    .argument('<manifest>', 'a YAML, JSON or JavaScript file')
    .option('--json', 'write the problems as JSON')
    .action(async (file: string, options: { json?: boolean }) => {
      const problems = await checkManifest(await readManifest(file), buildOptions(terminal.err));
      if (options.json) printJson(terminal, { ok: problems.length === 0, problems: problems.map(problemJson) });
      else if (problems.length === 0) terminal.out(`${file}: sound`);
      else for (const each of problems) terminal.err(formatProblem(each));
      if (problems.length > 0) setExit(1);
    });
};
