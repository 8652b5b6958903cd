import type { ScriptResult } from './drill.js';
import type { Mismatch } from './outcome.js';
import type { Script } from './parse/script.js';
import type { TraceLine } from './run/expect.js';
import { seconds } from './run/runner.js';

/** How many lines of the trace before a failure are shown. */
const TRACE = 12;

/** The script's line, expected and actual one above the other, and what happened before. */
export function explain(script: Script, line: number, error: Mismatch, trace: readonly TraceLine[]): string[] {
  const lines = [`  line ${line}: ${(script.source[line - 1] ?? '').trim()}`, `  ${error.problem}`];
  if (error.expected !== '' || error.actual !== '')
    lines.push(`    expected  ${error.expected}`, `    actual    ${error.actual}`);
  if (trace.length === 0) return lines;
  lines.push('  what happened before:');
  for (const { at, text } of trace.slice(-TRACE)) lines.push(`    ${seconds(at)} ${text}`);
  return lines;
}

/** The results of many scripts. */
export interface DrillReport {
  readonly passed: number;
  readonly failed: number;
  readonly unsupported: number;
  readonly scripts: readonly Pick<ScriptResult, 'file' | 'result' | 'line' | 'reason'>[];
}

/** Counts results; what is in it is what `--json` writes. */
export function reportOf(results: readonly ScriptResult[]): DrillReport {
  const count = (result: ScriptResult['result']) => results.filter((each) => each.result === result).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    unsupported: count('unsupported'),
    scripts: results.map(({ file, result, line, reason }) => ({ file, result, line, reason })),
  };
}
