import { Reader } from './reader.js';
import { type Names, type Program, Scope } from './scope.js';
import { readBlock } from './statement.js';

/**
 * Runs a code block: the part of Python that needs no objects, modules and closures.
 * @param program what the blocks of the script before it left.
 * @returns what it printed.
 * @throws Mismatch when an assertion does not hold, or what Python would raise is raised; Unsupported for what is not
 * read here; ScriptSyntaxError for what is no Python.
 */
export function runCode(text: string, line: number, names: Names, program: Program): string[] {
  const reader = new Reader(text, (at) => {
    const before = text.slice(0, at);
    return { line: line + before.split('\n').length - 1, column: at - before.lastIndexOf('\n') };
  });
  const block = readBlock(reader, false);
  if (reader.next.kind !== 'end') reader.fail('expected a statement');
  block(new Scope(program, names));
  return program.printed.splice(0);
}
