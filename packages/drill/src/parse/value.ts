import type { Cursor } from '../lex.js';

/** An argument or result of a call, as written. */
export type Value =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  /** `...`: the runner fills it in, or does not look. */
  | { readonly kind: 'open' }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'struct'; readonly fields: ReadonlyMap<string, Value>; readonly items: readonly Value[] }
  | { readonly kind: 'apply'; readonly name: string; readonly arguments: readonly Value[] }
  | { readonly kind: 'operation'; readonly operator: string; readonly left: Value; readonly right: Value };

const OPERATORS = [['|'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/']];

/** Reads one value: numbers, names, flags joined by `|`, text, lists and structures. */
export function readValue(cursor: Cursor, level = 0): Value {
  if (level === OPERATORS.length) return readSingle(cursor);
  let left = readValue(cursor, level + 1);
  for (;;) {
    const operator = OPERATORS[level].find((each) => cursor.sees(each) && !cursor.sees(`${each}}`));
    if (operator === undefined) return left;
    cursor.expect(operator);
    left = { kind: 'operation', operator, left, right: readValue(cursor, level + 1) };
  }
}

/** What a call returns: nothing but flags may be joined, since the next line may begin with "+". */
export function readResult(cursor: Cursor): Value {
  let left = readSingle(cursor);
  while (cursor.matchHere(/[ \t]*\|/y) !== null)
    left = { kind: 'operation', operator: '|', left, right: readSingle(cursor) };
  return left;
}

function readSingle(cursor: Cursor): Value {
  if (cursor.take('...')) return { kind: 'open' };
  if (cursor.sees('"')) return { kind: 'text', text: readText(cursor) };
  if (cursor.take('[')) return { kind: 'list', items: readItems(cursor, ']') };
  if (cursor.take('{')) return readStruct(cursor);
  if (cursor.take('(')) {
    const inner = readValue(cursor);
    cursor.expect(')');
    return inner;
  }
  if (cursor.take('~')) {
    const inner = readSingle(cursor);
    return { kind: 'operation', operator: '~', left: inner, right: inner };
  }
  const number = cursor.match(/[-+]?(0x[0-9a-f]+|\d+)/iy);
  if (number !== null) {
    const negative = number[0].startsWith('-');
    return { kind: 'number', value: negative ? -Number(number[1]) : Number(number[1]) };
  }
  const [name] = cursor.require(/[A-Za-z_]\w*/y, 'a value');
  if (cursor.take('(')) return { kind: 'apply', name, arguments: readItems(cursor, ')') };
  return { kind: 'word', name };
}

/** Reads values up to `end`, which is passed. */
export function readItems(cursor: Cursor, end: string): Value[] {
  const items: Value[] = [];
  if (cursor.take(end)) return items;
  do items.push(readValue(cursor));
  while (cursor.take(','));
  cursor.expect(end);
  return items;
}

function readText(cursor: Cursor): string {
  const [, inside] = cursor.require(/"((?:[^"\\\n]|\\.)*)"/y, 'a text');
  return inside.replace(/\\x([0-9a-f]{2})|\\(.)/gi, (_, hex: string | undefined, letter: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return { n: '\n', t: '\t', r: '\r', 0: '\0' }[letter] ?? letter;
  });
}

/** `{fd=4, events=POLLIN}`, `{onoff=1}`, `{msg_iov(1)=[…]}`, `{…, 1000}`. */
function readStruct(cursor: Cursor): Value {
  const fields = new Map<string, Value>();
  const items: Value[] = [];
  if (cursor.take('}')) return { kind: 'struct', fields, items };
  do {
    const begin = cursor.at;
    const named = cursor.match(/([A-Za-z_]\w*)\s*(\(\s*(?:\d+|\.\.\.)\s*\))?\s*[=:](?!=)/y);
    if (named === null) items.push(readValue(cursor));
    else {
      if (fields.has(named[1])) cursor.fail(`"${named[1]}" is there twice`, begin);
      fields.set(named[1], readValue(cursor));
    }
  } while (cursor.take(','));
  cursor.expect('}');
  return { kind: 'struct', fields, items };
}
