import { readFileSync } from 'node:fs';
import type { AddCommand } from '../command-line.js';
import { fail, systemMessage } from '../errors.js';
import { mergeReports, type SweepReport } from '../sweep/report.js';
import { printJson } from '../terminal.js';
import { printReport } from './sweep.js';

/** `netwright merge <reports>`: the shards of a sweep as one report, the same that one machine would have written. */
export const mergeCommand: AddCommand = (program, terminal, setExit) => {
  program
    .command('merge')
    .description('put the reports of the shards of a sweep together')
    .argument('<report...>', 'what `netwright sweep --shard i/n --json` has written, of all shards')
    .option('--json', 'write the report as JSON')
    .action((files: string[], { json }: { json?: boolean }) => {
      const report = mergeReports(files.map(readReport));
      if (json) printJson(terminal, report);
      else printReport(report, terminal);
      if (report.failed > 0) setExit(1);
    });
};

/** @throws FILE_UNREADABLE, REPORT_MALFORMED */
function readReport(file: string): SweepReport {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fail('FILE_UNREADABLE', { file, cause: systemMessage(error) });
  }
  try {
    const report = JSON.parse(text) as SweepReport;
    if (/^[\da-f]{64}$/.test(report.traces) && Array.isArray(report.failures)) return report;
  } catch {
    // Said below.
  }
  throw fail('REPORT_MALFORMED', { file });
}
