import type { Cursor } from '../lex.js';

/** A TCP option as scripts write it. */
export type ScriptOption =
  | { readonly kind: 'mss'; readonly bytes: number }
  | { readonly kind: 'nop' }
  | { readonly kind: 'eol' }
  | { readonly kind: 'wscale'; readonly shift: number }
  | { readonly kind: 'sackOK' }
  | { readonly kind: 'sack'; readonly blocks: readonly (readonly [number, number])[] }
  | { readonly kind: 'timestamps'; readonly val: number; readonly ecr: number }
  | { readonly kind: 'fastOpen'; readonly cookie: Uint8Array; readonly experimental: boolean }
  | { readonly kind: 'md5'; readonly digest: Uint8Array | 'valid' }
  | { readonly kind: 'ecn'; readonly counters: readonly { readonly name: EcnCounter; readonly value: number }[] };

/** The counters of the AccECN option (RFC 9768 section 3.2.3). */
export type EcnCounter = 'e0b' | 'ceb' | 'e1b';

/** Reads options up to `>`; null is `<...>`: not to be looked at. */
export function readTcpOptions(cursor: Cursor): ScriptOption[] | null {
  if (cursor.take('...')) {
    cursor.expect('>');
    return null;
  }
  const options: ScriptOption[] = [];
  if (cursor.take('>')) return options;
  do options.push(readOption(cursor));
  while (cursor.take(','));
  cursor.expect('>');
  return options;
}

function readOption(cursor: Cursor): ScriptOption {
  const begin = cursor.at;
  const [word] = cursor.require(/[A-Za-z]\w*/y, 'a TCP option');
  switch (word) {
    case 'mss':
      return { kind: 'mss', bytes: cursor.integer('bytes') };
    case 'nop':
    case 'eol':
      return { kind: word };
    case 'wscale':
      return { kind: 'wscale', shift: cursor.integer('a shift') };
    case 'sackOK':
      return { kind: 'sackOK' };
    case 'sack':
      return { kind: 'sack', blocks: readBlocks(cursor) };
    case 'TS':
      return readTimestamps(cursor);
    case 'FO':
    case 'FOEXP':
      return { kind: 'fastOpen', cookie: readHex(cursor), experimental: word === 'FOEXP' };
    case 'md5':
      return { kind: 'md5', digest: cursor.takeWord('valid') ? 'valid' : readHex(cursor) };
    case 'ECN':
    case 'AccECN':
      return { kind: 'ecn', counters: readCounters(cursor) };
    default:
      return cursor.fail(`"${word}" is no TCP option that this runner knows`, begin);
  }
}

function readBlocks(cursor: Cursor): [number, number][] {
  const blocks: [number, number][] = [];
  for (let match = cursor.match(/(\d+)\s*:\s*(\d+)/y); match !== null; match = cursor.match(/(\d+)\s*:\s*(\d+)/y)) {
    blocks.push([Number(match[1]), Number(match[2])]);
  }
  if (blocks.length === 0) cursor.fail('expected SACK blocks, such as 1001:2001');
  return blocks;
}

function readTimestamps(cursor: Cursor): ScriptOption {
  if (!cursor.takeWord('val')) cursor.fail('expected "val"');
  const val = cursor.integer('a timestamp');
  if (!cursor.takeWord('ecr')) cursor.fail('expected "ecr"');
  return { kind: 'timestamps', val, ecr: cursor.integer('a timestamp') };
}

function readHex(cursor: Cursor): Uint8Array {
  const text = cursor.match(/[0-9a-f]+\b/iy)?.[0] ?? '';
  if (text.length % 2 !== 0) cursor.fail('bytes are two hexadecimal digits each');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

function readCounters(cursor: Cursor): { name: EcnCounter; value: number }[] {
  const counters: { name: EcnCounter; value: number }[] = [];
  for (
    let match = cursor.match(/(e0b|ceb|e1b)\s+(\d+)/y);
    match !== null;
    match = cursor.match(/(e0b|ceb|e1b)\s+(\d+)/y)
  ) {
    counters.push({ name: match[1] as EcnCounter, value: Number(match[2]) });
  }
  return counters;
}
