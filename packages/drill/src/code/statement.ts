import { Mismatch } from '../outcome.js';
import { type Expression, readExpression, readTuple } from './expression.js';
import type { Reader } from './reader.js';
import type { Scope } from './scope.js';
import { listOf, operate, text, truth, type Value } from './value.js';

/** How a statement left its block before the end; undefined where it did not. */
type Exit = 'break' | 'continue' | { readonly value: Value } | undefined;
/** A statement that was read. */
export type Statement = (scope: Scope) => Exit;

/** What this Python has not. */
const REFUSED = new Set('import from class try with raise del nonlocal global async yield @'.split(' '));

/** Reads statements up to the end of a block. */
export function readBlock(reader: Reader, inFunction: boolean): Statement {
  const statements: Statement[] = [];
  while (reader.next.kind !== 'end' && reader.next.kind !== 'dedent') {
    if (reader.takeKind('newline') || reader.take(';')) continue;
    if (reader.next.kind === 'indent') reader.fail('expected no indentation');
    statements.push(readStatement(reader, inFunction));
  }
  return inOrder(statements);
}

function inOrder(statements: readonly Statement[]): Statement {
  return (scope) => {
    for (const each of statements) {
      scope.program.step();
      const exit = each(scope);
      if (exit !== undefined) return exit;
    }
    return undefined;
  };
}

/** What follows a colon: the rest of the line, or an indented block. */
function readSuite(reader: Reader, inFunction: boolean): Statement {
  reader.expect(':');
  if (reader.takeKind('newline')) {
    if (!reader.takeKind('indent')) reader.fail('expected an indented block');
    const block = readBlock(reader, inFunction);
    reader.takeKind('dedent');
    return block;
  }
  const statements: Statement[] = [];
  do {
    if (reader.next.kind !== 'newline') statements.push(readSimple(reader, inFunction));
  } while (reader.take(';'));
  endOfLine(reader);
  return inOrder(statements);
}

function endOfLine(reader: Reader): void {
  if (!reader.takeKind('newline') && reader.next.kind !== 'end') reader.fail('expected the end of the line');
}

function readStatement(reader: Reader, inFunction: boolean): Statement {
  if (reader.take('if')) return readIf(reader, inFunction);
  if (reader.take('for')) return readFor(reader, inFunction);
  if (reader.take('while')) {
    const condition = readExpression(reader);
    const body = readSuite(reader, inFunction);
    return (scope) => {
      while (truth(condition(scope))) {
        scope.program.step();
        const exit = body(scope);
        if (exit === 'break') break;
        if (exit !== undefined && exit !== 'continue') return exit;
      }
      return undefined;
    };
  }
  if (reader.sees('def')) {
    // A function within a function would see the names around it.
    if (inFunction) reader.refuse();
    reader.pass();
    return readDefinition(reader);
  }
  const statement = readSimple(reader, inFunction);
  if (!reader.take(';')) endOfLine(reader);
  return statement;
}

function readIf(reader: Reader, inFunction: boolean): Statement {
  const condition = readExpression(reader);
  const body = readSuite(reader, inFunction);
  let otherwise: Statement = () => undefined;
  if (reader.take('elif')) otherwise = readIf(reader, inFunction);
  else if (reader.take('else')) otherwise = readSuite(reader, inFunction);
  return (scope) => (truth(condition(scope)) ? body(scope) : otherwise(scope));
}

function readFor(reader: Reader, inFunction: boolean): Statement {
  const names = [reader.name()];
  while (reader.take(',')) names.push(reader.name());
  reader.expect('in');
  const over = readTuple(reader);
  const body = readSuite(reader, inFunction);
  return (scope) => {
    for (const value of listOf(over(scope))) {
      scope.program.step();
      assign(scope, names, value);
      const exit = body(scope);
      if (exit === 'break') break;
      if (exit !== undefined && exit !== 'continue') return exit;
    }
    return undefined;
  };
}

function readDefinition(reader: Reader): Statement {
  const name = reader.name();
  const parameters: { name: string; otherwise: Expression | null }[] = [];
  reader.expect('(');
  while (!reader.take(')')) {
    if (reader.sees('*') || reader.sees('**')) reader.refuse();
    parameters.push({ name: reader.name(), otherwise: reader.take('=') ? readExpression(reader) : null });
    if (!reader.take(',') && !reader.sees(')')) reader.fail('expected ")"');
  }
  const body = readSuite(reader, true);
  return ({ program }) => {
    program.definitions.set(name, (values, named, scope) => {
      if (values.length > parameters.length) throw new Mismatch(`the code fails: ${name}() is given too much`);
      const own = new Map<string, Value>();
      for (const [i, parameter] of parameters.entries()) {
        const value = values[i] ?? named.get(parameter.name) ?? parameter.otherwise?.(scope);
        if (value === undefined) throw new Mismatch(`the code fails: ${name}() is not given ${parameter.name}`);
        own.set(parameter.name, value);
      }
      const exit = body(scope.call(own));
      return typeof exit === 'object' ? exit.value : null;
    });
    return undefined;
  };
}

function readSimple(reader: Reader, inFunction: boolean): Statement {
  const { kind, text: word } = reader.next;
  if ((kind === 'name' || kind === 'operator') && REFUSED.has(word)) reader.refuse();
  if (reader.take('assert')) return readAssertion(reader);
  if (reader.take('pass')) return () => undefined;
  if (reader.take('break')) return () => 'break';
  if (reader.take('continue')) return () => 'continue';
  if (inFunction && reader.take('return')) {
    const value = reader.next.kind === 'newline' ? () => null : readTuple(reader);
    return (scope) => ({ value: value(scope) });
  }
  if (word === 'print' && reader.after.text !== '(') {
    // As Python 2 has it.
    reader.pass();
    const value = readTuple(reader);
    return (scope) => {
      scope.program.printed.push([value(scope)].flat().map(text).join(' '));
      return undefined;
    };
  }
  return readAssignment(reader);
}

/** `a = b = 1`, `a, b = 1, 2`, `a += 1`, and an expression by itself. */
function readAssignment(reader: Reader): Statement {
  const targets: string[][] = [];
  for (;;) {
    const begin = reader.next.begin;
    const value = readTuple(reader);
    const left = reader.text.slice(begin, reader.passed);
    const { kind, text: operator } = reader.next;
    if (kind !== 'operator' || !/^(\*\*|\/\/|<<|>>|[-+*/%&|^])?=$/.test(operator)) {
      return (scope) => {
        const result = value(scope);
        for (const names of targets) assign(scope, names, result);
        return undefined;
      };
    }
    if (!/^\(?\s*\w+(\s*,\s*\w+)*\s*,?\s*\)?$/.test(left)) reader.refuse();
    const names = left.match(/\w+/g) as string[];
    reader.pass();
    if (operator !== '=') {
      const change = readTuple(reader);
      return (scope) => {
        scope.set(names[0], operate(operator.slice(0, -1), scope.get(names[0]), change(scope)));
        return undefined;
      };
    }
    targets.push(names);
  }
}

function assign(scope: Scope, names: readonly string[], value: Value): void {
  if (names.length === 1) {
    scope.set(names[0], value);
    return;
  }
  const values = listOf(value);
  if (values.length !== names.length) throw new Mismatch('the code fails: another number of values');
  for (const [i, name] of names.entries()) scope.set(name, values[i]);
}

function readAssertion(reader: Reader): Statement {
  const { begin } = reader.next;
  const holds = readExpression(reader);
  const condition = reader.text.slice(begin, reader.passed).trim();
  const message = reader.take(',') ? readExpression(reader) : () => '';
  return (scope) => {
    if (truth(holds(scope))) return undefined;
    throw new Mismatch('the assertion does not hold', condition, explain(condition, scope, text(message(scope))));
  };
}

/** The names of a condition with what they are: 'tcpi_snd_cwnd is 9'. */
function explain(condition: string, scope: Scope, message: string): string {
  const words = new Set(condition.match(/\btcpi_\w+/g) ?? []);
  const values = [...words].map((name) => `${name} is ${text(scope.get(name))}`);
  return [...values, ...(message === '' ? [] : [message])].join(', ');
}
