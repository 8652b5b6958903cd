// A random script: commands that come first, and events at times that are known. It is written as any other script is.
import { parseScript } from './drill.mjs';

/** One event: { at: ms, text: what happens then }. */
export function scriptText({ init, events }) {
  const commands = init.map((command) => `\`${command}\``);
  return [...commands, ...events.map(({ at, text }) => `${(at / 1000).toFixed(4)} ${text}`), ''].join('\n');
}

/** The other way round: only what goes in counts. */
export function readRandomScript(text) {
  const parsed = parseScript(text);
  const init = parsed.init.map(({ command }) => command.trim());
  const events = [];
  let now = 0;
  for (const { line, time, action } of parsed.events) {
    if (time.kind !== 'any') now = (time.kind === 'at' ? 0 : now) + time.from;
    const said = parsed.source[line - 1].trim().replace(/^[+\d.~]+\s*/, '');
    if (action.kind === 'inject' || action.kind === 'call') events.push({ at: now, text: said });
  }
  return { init, events };
}

export function parseEvent({ text }) {
  return parseScript(`0 ${text}\n`).events[0].action;
}
