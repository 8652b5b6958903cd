import { Cursor } from '../lex.js';
import { Mismatch, Unsupported } from '../outcome.js';
import { readExpression } from './expression.js';

/** What code in a script sees: TCP_INFO's fields and constants by name. */
export interface Names {
  /** @throws Unsupported where a name of TCP_INFO is not known here. */
  get(name: string): number | string | undefined;
}

/**
 * Runs the statements of a code block: `assert expression, message`, `print(…)`, `name = expression`.
 * @returns what it printed.
 * @throws Mismatch when an assertion does not hold; Unsupported for other statements.
 */
export function runCode(text: string, line: number, names: Names): string[] {
  const cursor = new Cursor(text, line);
  const printed: string[] = [];
  const own = new Map<string, number | string>();
  const scope: Names = { get: (name) => own.get(name) ?? names.get(name) };
  while (!cursor.atEnd) {
    if (cursor.take(';')) continue;
    const begin = cursor.at;
    if (cursor.takeWord('assert')) {
      const open = cursor.at;
      const holds = readExpression(cursor, scope);
      const condition = text.slice(open, cursor.at).trim();
      const message = cursor.take(',') ? readExpression(cursor, scope) : '';
      if (!truth(holds))
        throw new Mismatch(`the assertion does not hold`, condition, explain(condition, names, String(message)));
    } else if (cursor.takeWord('print')) printed.push(String(readExpression(cursor, scope)));
    else if (cursor.takeWord('pass')) continue;
    else {
      const assigned = cursor.match(/([A-Za-z_]\w*)\s*=(?!=)/y);
      if (assigned === null)
        throw new Unsupported(
          `code: ${
            text
              .slice(begin, begin + 40)
              .trim()
              .split('\n')[0]
          }`,
        );
      own.set(assigned[1], readExpression(cursor, scope));
    }
  }
  return printed;
}

export function truth(value: number | string): boolean {
  return value !== 0 && value !== '';
}

/** The names of a condition with what they are: 'tcpi_snd_cwnd is 9'. */
function explain(condition: string, names: Names, message: string): string {
  const words = new Set(condition.match(/\btcpi_\w+/g) ?? []);
  const values = [...words].map((name) => `${name} is ${names.get(name)}`);
  return [...values, ...(message === '' ? [] : [message])].join(', ');
}
