// Makes a script that differs as short as it can be and still differs in the same way.

/** Events without which there is no connection. */
const NEEDED = /^(?:socket|bind|listen|accept4?|connect)\(|^< S/;

/**
 * @param plays (script) => the difference that it makes, or null
 * @returns the script, without what it did not need
 */
export async function minimise(script, difference, plays) {
  const { kind } = difference;
  let best = cut(script, difference);
  let found = await plays(best);
  if (found?.kind !== kind) {
    best = script;
    found = difference;
  }
  const without = (least, size) => {
    const events = best.events.filter(({ text }, i) => i < least || i >= least + size || NEEDED.test(text));
    return events.length < best.events.length ? { ...best, events } : null;
  };
  for (let size = Math.max(1, best.events.length >> 1); ; size = Math.max(1, size >> 1)) {
    for (;;) {
      const starts = [];
      for (let at = 0; at < best.events.length; at += size) starts.push(at);
      const shorter = starts.map((at) => without(at, size)).filter((each) => each !== null);
      const played = await Promise.all(shorter.map(async (each) => ({ each, made: await plays(each) })));
      const again = played.filter(({ made }) => made?.kind === kind);
      if (again.length === 0) break;
      again.sort((a, b) => a.each.events.length - b.each.events.length);
      best = again[0].each;
      found = again[0].made;
      best = cut(best, found);
    }
    if (size === 1) break;
  }
  const lines = best.init.map((command) => ({ ...best, init: best.init.filter((each) => each !== command) }));
  const played = await Promise.all(lines.map(async (each) => ({ each, made: await plays(each) })));
  const needless = new Set(lines.filter((_, i) => played[i].made?.kind === kind).map((_, i) => i));
  const init = best.init.filter((command, i) => !(played[i].made?.kind === kind) || command.includes('comp_sack'));
  if (needless.size > 0 && (await plays({ ...best, init }))?.kind === kind) best = { ...best, init };
  return best;
}

/** Nothing after the difference. */
function cut(script, { event, at }) {
  const events = script.events.slice(0, event + 1);
  const kept = events.length < script.events.length ? events.at(-1).at + 1 : script.until;
  return { ...script, events, until: Math.max(kept, Math.min(script.until, at + 60)) };
}
