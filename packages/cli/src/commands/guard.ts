import { type GuardedRule, guardClear, guardStatus } from '@netwright/plugins';
import type { AddCommand } from '../command-line.js';
import { printJson, type Terminal } from '../terminal.js';

/** `netwright guard status|clear`: the packet filter rules of stacks that share an address with this host. */
export const guardCommand: AddCommand = (program, terminal) => {
  const guard = program
    .command('guard')
    .description('packet filter rules of stacks that share an address with this host');
  guard
    .command('status')
    .description('list them, with the process that each belongs to')
    .option('--json', 'write the rules as JSON')
    .action(({ json }: { json?: boolean }) => {
      const rules = guardStatus();
      if (json) printJson(terminal, { rules });
      else print(rules, 'no rules', terminal);
    });
  guard
    .command('clear')
    .description('remove those whose process is gone')
    .option('--all', 'also those of running processes: their connections will be reset')
    .option('--json', 'write the rules that were removed as JSON')
    .action(({ json, all }: { json?: boolean; all?: boolean }) => {
      const removed = guardClear({ all: all === true });
      if (json) printJson(terminal, { removed });
      else print(removed, 'nothing to remove', terminal);
    });
};

function print(rules: readonly GuardedRule[], none: string, terminal: Terminal): void {
  if (rules.length === 0) terminal.out(none);
  for (const { version, rule, owner, alive } of rules) {
    terminal.out(`ipv${version} process ${owner.pid} ${alive ? 'runs' : 'is gone'}: ${rule}`);
  }
}
