import type { Cursor } from '../lex.js';
import { Unsupported } from '../outcome.js';
import { type Names, truth } from './evaluate.js';

type Value = number | string;

/** The part of Python that assertions need, from the loosest operator to the tightest. */
const BINARY: { readonly operators: readonly string[] }[] = [
  { operators: ['|'] },
  { operators: ['^'] },
  { operators: ['&'] },
  { operators: ['<<', '>>'] },
  { operators: ['+', '-'] },
  { operators: ['*', '//', '/', '%'] },
];

const COMPARISONS: Record<string, (left: Value, right: Value) => boolean> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<=': (left, right) => left <= right,
  '>=': (left, right) => left >= right,
  '<': (left, right) => left < right,
  '>': (left, right) => left > right,
};

/** Reads an expression and says what it is; both sides of `and` and `or` are looked at. */
export function readExpression(cursor: Cursor, names: Names): Value {
  let value = readAnd(cursor, names);
  while (cursor.takeWord('or')) {
    const other = readAnd(cursor, names);
    value = truth(value) ? value : other;
  }
  return value;
}

function readAnd(cursor: Cursor, names: Names): Value {
  let value = readNot(cursor, names);
  while (cursor.takeWord('and')) {
    const other = readNot(cursor, names);
    value = truth(value) ? other : value;
  }
  return value;
}

function readNot(cursor: Cursor, names: Names): Value {
  if (cursor.takeWord('not')) return truth(readNot(cursor, names)) ? 0 : 1;
  return readComparison(cursor, names);
}

/** `a <= b <= c` holds when both do. */
function readComparison(cursor: Cursor, names: Names): Value {
  let left = readBinary(cursor, names, 0);
  let result: Value = left;
  let compared = false;
  for (;;) {
    const operator = Object.keys(COMPARISONS).find((each) => cursor.take(each));
    let holds: boolean;
    let right: Value = 0;
    if (operator !== undefined) {
      right = readBinary(cursor, names, 0);
      holds = COMPARISONS[operator](left, right);
    } else if (cursor.takeWord('in')) holds = readMembers(cursor, names).includes(left);
    else return result;
    result = (!compared || truth(result)) && holds ? 1 : 0;
    compared = true;
    left = right;
  }
}

function readMembers(cursor: Cursor, names: Names): Value[] {
  const end = cursor.take('[') ? ']' : ')';
  if (end === ')') cursor.expect('(');
  return readArguments(cursor, names, end);
}

function readBinary(cursor: Cursor, names: Names, level: number): Value {
  if (level === BINARY.length) return readUnary(cursor, names);
  let left = readBinary(cursor, names, level + 1);
  for (;;) {
    const operator = BINARY[level].operators.find((each) => cursor.sees(each));
    if (operator === undefined || (operator === '<' && cursor.sees('<='))) return left;
    cursor.expect(operator);
    if (operator === '%' && typeof left === 'string') left = format(left, readFormatArguments(cursor, names));
    else left = operate(operator, left, readBinary(cursor, names, level + 1));
  }
}

function readFormatArguments(cursor: Cursor, names: Names): Value[] {
  if (cursor.take('(')) return readArguments(cursor, names, ')');
  return [readUnary(cursor, names)];
}

function format(text: string, values: Value[]): string {
  let next = 0;
  return text.replace(/%(\d*\.?\d*[dsuxf])/g, () => String(values[next++]));
}

function operate(operator: string, left: Value, right: Value): Value {
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string')) return `${left}${right}`;
  const [a, b] = [Number(left), Number(right)];
  switch (operator) {
    case '|':
      return Number(BigInt(a) | BigInt(b));
    case '^':
      return Number(BigInt(a) ^ BigInt(b));
    case '&':
      return Number(BigInt(a) & BigInt(b));
    case '<<':
      return a * 2 ** b;
    case '>>':
      return Math.floor(a / 2 ** b);
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '//':
      return Math.floor(a / b);
    case '/':
      return a / b;
    default:
      return a - b * Math.floor(a / b);
  }
}

function readUnary(cursor: Cursor, names: Names): Value {
  if (cursor.take('-')) return -Number(readUnary(cursor, names));
  if (cursor.take('~')) return ~Number(readUnary(cursor, names));
  if (cursor.take('(')) {
    if (cursor.take(')')) return '';
    const items = readArguments(cursor, names, ')');
    return items.length === 1 ? items[0] : items.join(' ');
  }
  const text = cursor.match(/"([^"\n]*)"|'([^'\n]*)'/y);
  if (text !== null) return text[1] ?? text[2];
  const number = cursor.match(/0x[0-9a-f]+|\d+(\.\d+)?(e\d+)?/iy);
  if (number !== null) return Number(number[0]);
  const [name] = cursor.require(/[A-Za-z_]\w*/y, 'a value');
  if (cursor.take('(')) return call(name, readArguments(cursor, names, ')'));
  if (name === 'True' || name === 'False') return name === 'True' ? 1 : 0;
  const value = names.get(name);
  if (value === undefined) throw new Unsupported(`code: the name ${name}`);
  return value;
}

function readArguments(cursor: Cursor, names: Names, end: string): Value[] {
  const values: Value[] = [];
  while (!cursor.take(end)) {
    values.push(readExpression(cursor, names));
    if (!cursor.take(',')) {
      cursor.expect(end);
      break;
    }
  }
  return values;
}

function call(name: string, values: Value[]): Value {
  switch (name) {
    case 'abs':
      return Math.abs(Number(values[0]));
    case 'min':
      return Math.min(...values.map(Number));
    case 'max':
      return Math.max(...values.map(Number));
    case 'int':
      return Math.trunc(Number(values[0]));
    case 'float':
      return Number(values[0]);
    case 'str':
      return String(values[0]);
    case 'round':
      return Math.round(Number(values[0]));
    default:
      throw new Unsupported(`code: ${name}()`);
  }
}
