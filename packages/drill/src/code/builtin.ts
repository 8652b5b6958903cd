import { Mismatch, Unsupported } from '../outcome.js';
import { less, listOf, number, same, text, truth, type Value } from './value.js';

/** The functions of Python that scripts use. @throws Unsupported for the others. */
export function callBuiltin(name: string, values: readonly Value[]): Value {
  const [first] = values;
  switch (name) {
    case 'abs':
      return Math.abs(number(first));
    case 'min':
      return extreme(values, (a, b) => less(a, b));
    case 'max':
      return extreme(values, (a, b) => less(b, a));
    case 'sum':
      return listOf(first).reduce((total: number, each) => total + number(each), 0);
    case 'int':
      return integer(first, values[1]);
    case 'float':
      return typeof first === 'string' ? Number(first) : number(first);
    case 'bool':
      return truth(first);
    case 'str':
      return text(first);
    case 'hex':
      return `0x${number(first).toString(16)}`;
    case 'round':
      return round(number(first), values[1] === undefined ? 0 : number(values[1]));
    case 'len':
      return listOf(first).length;
    case 'list':
    case 'tuple':
      return [...listOf(first ?? [])];
    case 'any':
      return listOf(first).some(truth);
    case 'all':
      return listOf(first).every(truth);
    case 'range':
      return range(values.map(number));
    default:
      throw new Unsupported(`code: ${name}()`);
  }
}

export function contains(members: Value, value: Value): boolean {
  if (typeof members === 'string') return members.includes(text(value));
  return listOf(members).some((each) => same(each, value));
}

function extreme(values: readonly Value[], before: (a: Value, b: Value) => boolean): Value {
  const list = values.length === 1 ? listOf(values[0]) : values;
  if (list.length === 0) throw new Mismatch('the code fails: nothing to compare');
  return list.reduce((best, each) => (before(each, best) ? each : best));
}

function integer(value: Value, base: Value | undefined): number {
  if (typeof value !== 'string') return Math.trunc(number(value));
  const read = base === undefined ? Number(value) : Number.parseInt(value, number(base));
  if (!Number.isInteger(read)) throw new Mismatch(`the code fails: '${value}' is no integer`);
  return read;
}

/** Halves go to the even number. */
function round(value: number, places: number): number {
  const scaled = value * 10 ** places;
  const low = Math.floor(scaled);
  const rest = scaled - low;
  const up = rest > 0.5 || (rest === 0.5 && low % 2 !== 0);
  return (up ? low + 1 : low) / 10 ** places;
}

function range(values: readonly number[]): number[] {
  const [begin, end, step] = values.length === 1 ? [0, values[0], 1] : [values[0], values[1], values[2] ?? 1];
  const count = Math.max(0, Math.ceil((end - begin) / step));
  if (!(count <= 100_000)) throw new Unsupported('code: a range of more than 100000');
  return Array.from({ length: count }, (_, i) => begin + i * step);
}
