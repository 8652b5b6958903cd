import { parse } from 'yaml';
import { fail } from '../errors.js';

/** A value of a manifest that is replaced before it is read: `['links.0.loss', '5%']`. */
export type Setting = readonly [path: string, value: string];

/** Keys of a topology that a path may begin with. */
const SHORT = ['nodes', 'links'];

/**
 * Replaces values of a manifest. A path is keys and list indices, joined by dots; `links` and `nodes` need no `topology`
 * in front. A key that contains dots is found where it is there. The value is YAML; nothing at all removes the key.
 * @param raw as it was written, before it is checked; it is not changed.
 * @throws SETTING_PATH
 */
export function applySettings(raw: unknown, settings: readonly Setting[]): unknown {
  if (settings.length === 0) return raw;
  // A copy in which aliases of the YAML are apart: one is set without the other.
  const value: unknown = JSON.parse(JSON.stringify(raw));
  for (const [path, text] of settings) set(value, path, text);
  return value;
}

function set(root: unknown, path: string, text: string): void {
  const isLab = typeof root === 'object' && root !== null && 'topology' in root;
  const whole = isLab && SHORT.includes(path.split('.')[0]) ? `topology.${path}` : path;
  let here = root;
  let rest = whole;
  for (;;) {
    if (typeof here !== 'object' || here === null) {
      throw fail('SETTING_PATH', { path, problem: `"${whole.slice(0, -rest.length - 1)}" has nothing in it` });
    }
    const holder = here as Record<string, unknown>;
    const key = nextKey(holder, rest);
    if (Array.isArray(here) && !(Number(key) < here.length)) {
      throw fail('SETTING_PATH', { path, problem: `there is no item "${key}" in a list of ${here.length}` });
    }
    if (key.length === rest.length) {
      write(holder, key, text);
      return;
    }
    rest = rest.slice(key.length + 1);
    // A name alone is an entry without options, a missing key is an empty one.
    if (typeof holder[key] === 'string') holder[key] = { use: holder[key] };
    else holder[key] ??= {};
    here = holder[key];
  }
}

/** The longest key of `holder` that `rest` begins with, or its part up to the first dot. */
function nextKey(holder: object, rest: string): string {
  const known = Object.keys(holder).filter((each) => rest === each || rest.startsWith(`${each}.`));
  return known.sort((a, b) => b.length - a.length)[0] ?? rest.split('.')[0];
}

function write(holder: Record<string, unknown>, key: string, text: string): void {
  if (text !== '') holder[key] = parse(text) as unknown;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}
