import { readFileSync } from 'node:fs';
import { reportOf, runScript, type Score, type ScriptResult, scriptFiles } from '@netwright/drill';
import { Option } from 'commander';
import { type AddCommand, EXIT } from '../command-line.js';
import { fail, systemMessage } from '../errors.js';
import { printJson } from '../terminal.js';

interface DrillCommandOptions {
  readonly json?: boolean;
  readonly score: Score;
  readonly profile: 'linux' | 'freebsd';
  readonly ipv6?: boolean;
  readonly define: Map<string, string>;
}

/** `netwright drill <paths>`: packetdrill scripts over this stack, in virtual time, without root. */
export const drillCommand: AddCommand = (program, terminal, setExit) => {
  program
    .command('drill')
    .description('run packetdrill scripts over this stack, in virtual time')
    .argument('<paths...>', 'scripts, or folders of them (*.pkt)')
    .option('--json', 'write the results as JSON')
    .addOption(
      new Option('--score <rule>', 'linux: tolerance of packetdrill; strict: 1 ms; no-psh: PSH is not looked at')
        .choices(['linux', 'strict', 'no-psh'])
        .default('linux'),
    )
    .addOption(
      new Option('--profile <system>', 'whose defaults the scripts assume')
        .choices(['linux', 'freebsd', 'minimal'])
        .default('linux'),
    )
    .option('--ipv6', 'run them over IPv6')
    .option('-D, --define <name=value>', 'what a name in the scripts stands for; may be repeated', define, new Map())
    .action(async (paths: string[], { json = false, score, profile, ipv6 = false, define }: DrillCommandOptions) => {
      const results: ScriptResult[] = [];
      for (const file of listed(paths)) {
        const result = await runScript(file, readText(file), { score, profile, ipv6, defines: define });
        results.push(result);
        if (!json) tell(result, terminal.out);
      }
      const report = reportOf(results);
      if (json) printJson(terminal, report);
      else terminal.out(`${report.passed} passed, ${report.failed} failed, ${report.unsupported} unsupported`);
      if (report.failed > 0) setExit(EXIT.failed);
    });
};

function tell({ file, result, line, reason, details }: ScriptResult, out: (line: string) => void): void {
  if (result === 'passed') return;
  out(`${file}:${line} ${result === 'failed' ? `failed: ${reason}` : reason}`);
  for (const each of details) out(each);
}

/** @throws OPTION_MALFORMED */
function define(text: string, before: Map<string, string>): Map<string, string> {
  const match = /^([A-Za-z_]\w*)(?:=(.*))?$/.exec(text);
  if (match === null) throw fail('OPTION_MALFORMED', { value: text, option: '-D', expected: 'a name, or NAME=VALUE' });
  return new Map(before).set(match[1], match[2] ?? '');
}

/** @throws FILE_UNREADABLE */
function listed(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    try {
      return scriptFiles([path]);
    } catch (error) {
      throw fail('FILE_UNREADABLE', { file: path, cause: systemMessage(error) });
    }
  });
}

/** @throws FILE_UNREADABLE */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fail('FILE_UNREADABLE', { file, cause: systemMessage(error) });
  }
}
