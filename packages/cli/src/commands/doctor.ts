import { examineHost } from '@netwright/plugins';
import type { AddCommand } from '../command-line.js';
import { printJson, table } from '../terminal.js';

/** `netwright doctor`: what this machine allows. What is missing is no failure: most stacks need none of it. */
export const doctorCommand: AddCommand = (program, terminal) => {
  program
    .command('doctor')
    .description('show what this machine allows: capturing, the guard, the tools of the live tests')
    .option('--json', 'write the findings as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examineHost();
      if (json) {
        printJson(terminal, { findings });
        return;
      }
      const lines = table(findings.map((each) => [each.ok ? 'ok' : '--', each.name, `for ${each.for}:`, each.found]));
      for (const [i, each] of findings.entries()) {
        terminal.out(lines[i]);
        if (each.remedy !== null) terminal.out(`    ${each.remedy}`);
      }
    });
};
