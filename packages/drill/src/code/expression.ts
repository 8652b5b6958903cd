import { Mismatch, Unsupported } from '../outcome.js';
import { callBuiltin, contains } from './builtin.js';
import { Reader } from './reader.js';
import type { Scope } from './scope.js';
import { inForm, less, listOf, number, operate, repr, same, text, truth, type Value } from './value.js';

/** An expression that was read: what it is where it stands. */
export type Expression = (scope: Scope) => Value;

/** Operators from the loosest to the tightest, above the signs. */
const BINARY = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '//', '/', '%']];
/** Words that are no value. */
const RESERVED = new Set('lambda yield await if else for in and or is not import def return class'.split(' '));

const COMPARISONS: Record<string, (left: Value, right: Value) => boolean> = {
  '==': same,
  '!=': (left, right) => !same(left, right),
  '<=': (left, right) => less(left, right) || same(left, right),
  '>=': (left, right) => less(right, left) || same(left, right),
  '<': less,
  '>': (left, right) => less(right, left),
  in: (left, right) => contains(right, left),
  'not in': (left, right) => !contains(right, left),
  is: same,
  'is not': (left, right) => !same(left, right),
};

/** Reads `a, b` as a list, and `a` as what it is. */
export function readTuple(reader: Reader): Expression {
  const first = readExpression(reader);
  if (!reader.sees(',')) return first;
  const items = [first];
  while (reader.take(',')) {
    if (['newline', 'end'].includes(reader.next.kind) || /^[)=;]$/.test(reader.next.text)) break;
    items.push(readExpression(reader));
  }
  return (scope) => items.map((each) => each(scope));
}

export function readExpression(reader: Reader): Expression {
  const value = readOr(reader);
  if (!reader.take('if')) return value;
  const condition = readOr(reader);
  reader.expect('else');
  const otherwise = readExpression(reader);
  return (scope) => (truth(condition(scope)) ? value(scope) : otherwise(scope));
}

function readOr(reader: Reader): Expression {
  const left = readAnd(reader);
  if (!reader.take('or')) return left;
  const right = readOr(reader);
  return (scope) => {
    const value = left(scope);
    return truth(value) ? value : right(scope);
  };
}

function readAnd(reader: Reader): Expression {
  const left = readNot(reader);
  if (!reader.take('and')) return left;
  const right = readAnd(reader);
  return (scope) => {
    const value = left(scope);
    return truth(value) ? right(scope) : value;
  };
}

function readNot(reader: Reader): Expression {
  if (!reader.take('not')) return readComparison(reader);
  const value = readNot(reader);
  return (scope) => !truth(value(scope));
}

/** `a <= b <= c` holds when both do. */
function readComparison(reader: Reader): Expression {
  const first = readBinary(reader, 0);
  const links: { holds: (left: Value, right: Value) => boolean; right: Expression }[] = [];
  for (let operator = takeComparison(reader); operator !== null; operator = takeComparison(reader))
    links.push({ holds: COMPARISONS[operator], right: readBinary(reader, 0) });
  if (links.length === 0) return first;
  return (scope) => {
    let left = first(scope);
    return links.every(({ holds, right }) => {
      const value = right(scope);
      const held = holds(left, value);
      left = value;
      return held;
    });
  };
}

function takeComparison(reader: Reader): string | null {
  if (reader.sees('not') && reader.after.text === 'in') {
    reader.pass();
    reader.pass();
    return 'not in';
  }
  if (reader.take('is')) return reader.take('not') ? 'is not' : 'is';
  if (reader.take('in')) return 'in';
  const { kind, text: operator } = reader.next;
  if (kind !== 'operator' || !(operator in COMPARISONS)) return null;
  reader.pass();
  return operator;
}

function readBinary(reader: Reader, level: number): Expression {
  if (level === BINARY.length) return readSigned(reader);
  let left = readBinary(reader, level + 1);
  while (reader.next.kind === 'operator' && BINARY[level].includes(reader.next.text)) {
    const operator = reader.pass().text;
    const [before, right] = [left, readBinary(reader, level + 1)];
    left = (scope) => operate(operator, before(scope), right(scope));
  }
  return left;
}

function readSigned(reader: Reader): Expression {
  if (reader.take('-')) {
    const value = readSigned(reader);
    return (scope) => -number(value(scope));
  }
  if (reader.take('+')) return readSigned(reader);
  if (reader.take('~')) {
    const value = readSigned(reader);
    return (scope) => -number(value(scope)) - 1;
  }
  const base = readTrailed(reader);
  if (!reader.take('**')) return base;
  const power = readSigned(reader);
  return (scope) => operate('**', base(scope), power(scope));
}

/** A value and what follows it: `[…]`, and `.append(…)`. */
function readTrailed(reader: Reader): Expression {
  let value = readAtom(reader);
  for (;;) {
    const of = value;
    if (reader.take('[')) {
      const index = readExpression(reader);
      if (reader.sees(':')) reader.refuse();
      reader.expect(']');
      value = (scope) => {
        const list = listOf(of(scope));
        const found = list.at(number(index(scope)));
        if (found === undefined) throw new Mismatch('the code fails: an index out of range');
        return found;
      };
    } else if (reader.sees('.')) {
      if (reader.after.text !== 'append') reader.refuse();
      reader.pass();
      reader.pass();
      reader.expect('(');
      const item = readExpression(reader);
      reader.expect(')');
      value = (scope) => {
        listOf(of(scope)).push(item(scope));
        return null;
      };
    } else return value;
  }
}

function readAtom(reader: Reader): Expression {
  const { kind, text: word } = reader.next;
  if (kind === 'number') {
    const value = Number(reader.pass().text);
    return () => value;
  }
  if (kind === 'string' || kind === 'format') return readStrings(reader);
  if (reader.take('(')) {
    if (reader.take(')')) return () => [];
    const inside = readTuple(reader);
    if (reader.sees('for')) reader.refuse();
    reader.expect(')');
    return inside;
  }
  if (reader.take('[')) {
    const items: Expression[] = [];
    while (!reader.take(']')) {
      items.push(readExpression(reader));
      if (reader.sees('for')) reader.refuse();
      if (!reader.take(',') && !reader.sees(']')) reader.fail('expected "]"');
    }
    return (scope) => items.map((each) => each(scope));
  }
  if (word === '{' || word === 'lambda' || word === 'yield') reader.refuse();
  if (kind !== 'name' || RESERVED.has(word)) reader.fail('expected a value');
  reader.pass();
  if (word === 'True' || word === 'False') return () => word === 'True';
  if (word === 'None') return () => null;
  return reader.take('(') ? readCall(reader, word) : (scope) => scope.get(word);
}

/** Strings that follow one another are one. */
function readStrings(reader: Reader): Expression {
  const parts: Expression[] = [];
  while (reader.next.kind === 'string' || reader.next.kind === 'format') {
    const { kind, text: value } = reader.pass();
    parts.push(kind === 'string' ? () => value : readFormat(value, reader));
  }
  return (scope) => parts.map((each) => text(each(scope))).join('');
}

/** An f-string: `{value}`, `{value!r}`, `{value:>8}`, `{value=}`. */
function readFormat(pattern: string, { locate }: Reader): Expression {
  const parts: Expression[] = [];
  for (const [piece] of pattern.matchAll(/\{\{|\}\}|\{[^{}]*\}|[^{}]+/g)) {
    const hole = /^\{([\s\S]*?)(=)?(![rs])?(?::([^:]*))?\}$/.exec(piece);
    if (hole === null || hole[1].trim() === '') parts.push(() => (/^(\{\{|\}\})$/.test(piece) ? piece[0] : piece));
    else {
      const [, code, shows, conversion, form = ''] = hole;
      const value = readTuple(new Reader(code, locate));
      const name = shows === undefined ? '' : `${code}=`;
      parts.push((scope) => name + (conversion === '!r' ? repr(value(scope)) : inForm(value(scope), form)));
    }
  }
  return (scope) => parts.map((each) => each(scope)).join('');
}

function readCall(reader: Reader, name: string): Expression {
  const values: Expression[] = [];
  const named = new Map<string, Expression>();
  while (!reader.take(')')) {
    if (reader.sees('*') || reader.sees('**')) reader.refuse();
    if (reader.next.kind === 'name' && reader.after.text === '=') {
      const key = reader.name();
      reader.pass();
      named.set(key, readExpression(reader));
    } else values.push(readExpression(reader));
    if (reader.sees('for')) reader.refuse();
    if (!reader.take(',') && !reader.sees(')')) reader.fail('expected ")"');
  }
  return (scope) => {
    const { definitions, printed } = scope.program;
    const given = values.map((each) => each(scope));
    const definition = definitions.get(name);
    if (definition !== undefined) {
      return definition(given, new Map([...named].map(([key, value]) => [key, value(scope)])), scope);
    }
    if (name !== 'print') {
      if (named.size > 0) throw new Unsupported(`code: ${name}() with ${[...named.keys()].join(', ')}`);
      return callBuiltin(name, given);
    }
    printed.push(given.map(text).join(text(named.get('sep')?.(scope) ?? ' ')));
    return null;
  };
}
