import { Mismatch } from '../outcome.js';

/** What code reckons with. */
export type Value = number | string | boolean | null | Value[];

export function truth(value: Value): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== 0 && value !== '' && value !== false && value !== null;
}

export function same(left: Value, right: Value): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((each, i) => same(each, right[i]));
  return plain(left) === plain(right);
}

/** True is 1. */
function plain(value: Value): Value {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Whether `left` comes before `right`, of the same kind. */
export function less(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left < right;
  if (Array.isArray(left) && Array.isArray(right)) {
    const at = left.findIndex((each, i) => i >= right.length || !same(each, right[i]));
    return at < 0 ? left.length < right.length : at < right.length && less(left[at], right[at]);
  }
  return number(left) < number(right);
}

/** @throws Mismatch as Python has a TypeError. */
export function number(value: Value): number {
  const real = plain(value);
  if (typeof real !== 'number') throw new Mismatch(`the code fails: ${repr(value)} is no number`);
  return real;
}

export function listOf(value: Value): Value[] {
  if (typeof value === 'string') return [...value];
  if (!Array.isArray(value)) throw new Mismatch(`the code fails: ${repr(value)} is no list`);
  return value;
}

/** As `str()` has it. */
export function text(value: Value): string {
  return typeof value === 'string' ? value : repr(value);
}

export function repr(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'string') return `'${value}'`;
  if (value === null) return 'None';
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

/** `left operator right` for numbers, `+` and `*` for strings and lists, too. */
export function operate(operator: string, left: Value, right: Value): Value {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (operator === '+' && Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  if (operator === '*' && typeof left === 'string') return left.repeat(Math.max(0, number(right)));
  if (operator === '*' && Array.isArray(left)) return Array.from({ length: number(right) }, () => left).flat();
  if (operator === '%' && typeof left === 'string') return formatted(left, Array.isArray(right) ? right : [right]);
  const [a, b] = [number(left), number(right)];
  if (b === 0 && /^(\/\/?|%)$/.test(operator)) throw new Mismatch('the code fails: a division by zero');
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
    case '**':
      return a ** b;
    case '//':
      return Math.floor(a / b);
    case '/':
      return a / b;
    default:
      return a - b * Math.floor(a / b);
  }
}

/** `'%d of %5.1f' % (1, 2)`. */
function formatted(pattern: string, values: readonly Value[]): string {
  let next = 0;
  const filled = pattern.replace(
    /%(?:%|([-+0 #]*)(\d*)(?:\.(\d+))?l*([diusrxXfeg]))/g,
    (all, flags, width, places, kind) => {
      if (all === '%%') return '%';
      if (next >= values.length) throw new Mismatch('the code fails: too few values for the format');
      const value = values[next++];
      const align = flags.includes('-') ? '<' : '>';
      return padded(shown(value, kind, places), align, flags.includes('0') ? '0' : ' ', Number(width));
    },
  );
  if (next < values.length) throw new Mismatch('the code fails: too many values for the format');
  return filled;
}

/** A value in the form of an f-string: `{tcpi_rtt:>8.1f}`. */
export function inForm(value: Value, form: string): string {
  const [, fill, align, zero, width, , places, kind] =
    /^(?:(.)?([<>^]))?(0)?(\d+)?(,)?(?:\.(\d+))?([dfxXseg])?$/.exec(form) ?? [];
  const kindOf = kind ?? (places === undefined ? 's' : 'f');
  const side = align ?? (typeof value === 'string' ? '<' : '>');
  return padded(shown(value, kindOf, places), side, fill ?? zero ?? ' ', Number(width ?? 0));
}

function shown(value: Value, kind: string, places: string | undefined): string {
  if (kind === 's') return text(value);
  if (kind === 'r') return repr(value);
  if (kind === 'x') return number(value).toString(16);
  if (kind === 'X') return number(value).toString(16).toUpperCase();
  if (kind === 'f') return number(value).toFixed(Number(places ?? 6));
  return kind === 'e'
    ? number(value).toExponential(Number(places ?? 6))
    : String(kind === 'g' ? number(value) : Math.trunc(number(value)));
}

function padded(value: string, align: string, fill: string, width: number): string {
  if (align === '<') return value.padEnd(width, fill);
  if (align === '^') return value.padStart((width + value.length) >> 1, fill).padEnd(width, fill);
  const sign = fill === '0' && value.startsWith('-') ? '-' : '';
  return sign + value.slice(sign.length).padStart(width - sign.length, fill);
}
