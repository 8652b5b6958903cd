import { Cursor } from '../lex.js';
import { Unsupported } from '../outcome.js';
import { readCall } from './call.js';
import { resolveConditions } from './conditions.js';
import { readPacket } from './packet.js';
import type { Action, Script, ScriptEvent } from './script.js';
import { readMoment, seesTime } from './time.js';

/**
 * Reads a script.
 * @param defines what `-D NAME=VALUE` gives.
 * @throws ScriptSyntaxError with line and column; Unsupported for packets that cannot exist here.
 */
export function parseScript(text: string, defines: ReadonlyMap<string, string> = new Map()): Script {
  const head = new Cursor(resolveConditions(text, defines));
  const options = readOptions(head);
  const names = new Map(defines);
  for (const each of options.get('define') ?? []) {
    const [key, ...rest] = each.split('=');
    names.set(key, rest.join('='));
  }
  const cursor = new Cursor(resolveConditions(text, names));
  cursor.at = readOptions(cursor).size === 0 ? 0 : cursor.at;
  const init = readCommands(cursor);
  const events: ScriptEvent[] = [];
  while (!cursor.atEnd && !cursor.sees('`')) {
    const { line } = cursor;
    // Code may stand without a time: it runs after the event before it.
    const time = cursor.sees('%{') ? { kind: 'after' as const, from: 0, to: 0, until: null } : readTime(cursor);
    const action = located(line, () => readAction(cursor));
    if (time.until !== null && action.kind !== 'call') cursor.fail('only a call can last');
    events.push({ line, time, action });
  }
  const cleanup = readCommands(cursor);
  if (!cursor.atEnd) cursor.fail(`expected the end after the closing command, found ${cursor.found()}`);
  return { options, init, cleanup, events, source: text.split('\n') };
}

/** What cannot exist here is said with its line. */
function located<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unsupported) throw new Unsupported(error.what, line);
    throw error;
  }
}

function readTime(cursor: Cursor) {
  if (!seesTime(cursor)) cursor.fail(`expected the time of an event, found ${cursor.found()}`);
  return readMoment(cursor);
}

function readOptions(cursor: Cursor): Map<string, string[]> {
  const options = new Map<string, string[]>();
  for (let match = readOption(cursor); match !== null; match = readOption(cursor)) {
    const [, name, value = ''] = match;
    options.set(name, [...(options.get(name) ?? []), value.replace(/^"(.*)"$/, '$1')]);
  }
  return options;
}

function readOption(cursor: Cursor): RegExpExecArray | null {
  return cursor.match(/--(\w+)(?:=("[^"\n]*"|\S*))?/y);
}

function readCommands(cursor: Cursor): { command: string; line: number }[] {
  const commands: { command: string; line: number }[] = [];
  while (cursor.sees('`')) {
    const { line } = cursor;
    cursor.expect('`');
    commands.push({ command: cursor.until('`', 'the command'), line });
  }
  return commands;
}

function readAction(cursor: Cursor): Action {
  if (cursor.take('<')) return { kind: 'inject', packet: readPacket(cursor) };
  if (cursor.take('>')) return { kind: 'expect', packet: readPacket(cursor) };
  if (cursor.take('`')) return { kind: 'shell', command: cursor.until('`', 'the command') };
  if (cursor.take('%{')) return { kind: 'code', text: cursor.until('}%', 'the code') };
  return { kind: 'call', call: readCall(cursor) };
}
