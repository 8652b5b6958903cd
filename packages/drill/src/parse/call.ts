import type { Cursor } from '../lex.js';
import { readItems, readResult, type Value } from './value.js';

/** A call of the socket interface, and what it must return. */
export interface Call {
  readonly name: string;
  readonly arguments: readonly Value[];
  /** Null where the script does not say. */
  readonly result: Value | null;
  /** 'EAGAIN'; null where none is expected. */
  readonly errno: string | null;
  /** As written, for messages. */
  readonly text: string;
}

/** Reads `name(args) = result [ERRNO] (note)`. */
export function readCall(cursor: Cursor): Call {
  cursor.skip();
  const begin = cursor.at;
  const [name] = cursor.require(/[A-Za-z_]\w*/y, 'a packet, a call, `shell` or %{ code }%');
  cursor.expect('(');
  const given = readItems(cursor, ')');
  let result: Value | null = null;
  let errno: string | null = null;
  if (cursor.take('=')) {
    result = readResult(cursor);
    // On the same line: the next one may be a call without a time, which is a mistake worth its own message.
    errno = cursor.matchHere(/[ \t]+(E[A-Z0-9]+)\b/y)?.[1] ?? null;
  }
  cursor.matchHere(/[ \t]*\([^)\n]*\)/y);
  return { name, arguments: given, result, errno, text: cursor.text.slice(begin, cursor.at).trim() };
}
