import { formatPlace, ManifestError, NetwrightError } from '@netwright/core';

/** Where a command writes. */
export interface Terminal {
  /** A line of the result. */
  out(line: string): void;
  /** A line about the run: problems, progress. */
  err(line: string): void;
  /** How far something is, in place of what was said of it before; '' takes it away. Absent where nobody looks on. */
  progress?(text: string): void;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // A reader that has seen enough (`nw trace … | head`) closes the pipe: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    ...(process.stderr.isTTY ? { progress: (text: string) => process.stderr.write(`\r\x1b[K${text}`) } : {}),
  };
}

/** A problem as `--json` writes it. */
export interface ProblemJson {
  readonly code: string;
  readonly what: string;
  readonly remedy: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** The problems of a manifest one by one; any other error alone. */
export function problemsOf(error: NetwrightError): readonly NetwrightError[] {
  return error instanceof ManifestError ? error.problems : [error];
}

/** 'demo.yaml:3:12 STACK_LOWER_MISSING what happened', and what to do about it below. */
export function formatProblem(error: NetwrightError): string {
  const place = error.place === undefined ? '' : `${formatPlace(error.place)} `;
  return `${place}${error.code} ${error.what}\n  ${error.remedy}`;
}

export function problemJson(error: NetwrightError): ProblemJson {
  const { code, what, remedy, place } = error;
  return place === undefined ? { code, what, remedy } : { code, what, remedy, ...place };
}

/** An error of any kind as one from the catalogue; others keep their message. */
export function asProblem(error: unknown): NetwrightError {
  if (error instanceof NetwrightError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new NetwrightError(
    'UNEXPECTED',
    message,
    'Run again with NETWRIGHT_STACK=1 to see where it comes from.',
    undefined,
    {
      cause: error,
    },
  );
}

/** Writes a value as JSON, for programs. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(JSON.stringify(value, null, 2));
}

/** Lines of columns, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
}
