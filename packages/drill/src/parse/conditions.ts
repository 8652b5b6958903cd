import { ScriptSyntaxError } from '../outcome.js';

/**
 * Resolves `#ifdef`, `#ifndef`, `#else`, `#endif` and `#define`, and puts in what names stand for. Lines that fall
 * away stay as empty ones, so that line numbers hold.
 */
export function resolveConditions(text: string, given: ReadonlyMap<string, string>): string {
  const names = new Map(given);
  const open: { taken: boolean; line: number }[] = [];
  const lines = text.split('\n').map((line, index) => {
    const directive = /^\s*#\s*(ifdef|ifndef|else|endif|define)\b\s*(\w*)\s*(.*)$/.exec(line);
    const active = open.every(({ taken }) => taken);
    if (directive === null) return active ? substitute(line, names) : '';
    const [, word, name, rest] = directive;
    if (word === 'define') {
      if (active) names.set(name, rest.trim());
    } else if (word === 'ifdef' || word === 'ifndef') {
      open.push({ taken: names.has(name) === (word === 'ifdef'), line: index + 1 });
    } else {
      const last = open.pop();
      if (last === undefined) throw new ScriptSyntaxError(`#${word} without #ifdef`, index + 1, 1);
      if (word === 'else') open.push({ taken: !last.taken, line: last.line });
    }
    return '';
  });
  const [unclosed] = open;
  if (unclosed !== undefined) throw new ScriptSyntaxError('#ifdef without #endif', unclosed.line, 1);
  return lines.join('\n');
}

function substitute(line: string, names: ReadonlyMap<string, string>): string {
  // What options say is for the runner.
  if (names.size === 0 || /^\s*--\w/.test(line)) return line;
  return line.replace(/[A-Za-z_]\w*/g, (word) => names.get(word) ?? word);
}
