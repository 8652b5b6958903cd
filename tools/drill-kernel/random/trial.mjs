// One random script on both sides.
import { firstDifference } from './compare.mjs';
import { playOnKernel } from './kernel-world.mjs';
import { describe } from './record.mjs';
import { playOnStack } from './stack.mjs';

/**
 * The kernel first: our stack then gets everything when the kernel got it.
 * @returns { difference, ours, kernel }
 */
export async function trial(agent, script, ignored) {
  const kernel = playOnKernel(agent, script, script.until);
  const last = kernel.steps.at(-1).at;
  const ours = await playOnStack(
    script,
    kernel.steps.map(({ at }) => at),
    Math.max(script.until + 5, last),
  );
  return { difference: firstDifference(ours, kernel, ignored), ours, kernel };
}

/** A difference that is there again: a busy machine makes others. */
export async function steadyTrial(agent, script, ignored, times = 2) {
  let found = await trial(agent, script, ignored);
  for (let i = 1; i < times && found.difference !== null; i++) {
    const again = await trial(agent, script, ignored);
    if (again.difference?.kind !== found.difference.kind || again.difference.event !== found.difference.event) {
      if (again.difference === null) return again;
      found = again;
    }
  }
  return found;
}

/** What goes in, and below it what comes out: `=` of both, `-` of our stack, `+` of the kernel. */
export function tell({ init, events }, { difference, ours, kernel }) {
  const lines = init.map((command) => `  \`${command}\``);
  const at = (ms) => (ms / 1000).toFixed(4);
  for (let event = 0; event <= events.length; event++) {
    if (difference !== null && event > difference.event + 1) break;
    if (event > 0) lines.push(`  ${at(events[event - 1].at)} ${events[event - 1].text}`);
    const own = ours.segments.filter((each) => each.event === event);
    const other = kernel.segments.filter((each) => each.event === event);
    const same = own.length === other.length && own.every((each, i) => describe(each) === describe(other[i]));
    const line = (mark) => (each) =>
      `${mark} ${at(each.at)} ${describe(each)}${each.reason ? `  // ${each.reason}` : ''}`;
    if (same) lines.push(...own.map(line('=')));
    else lines.push(...own.map(line('-')), ...other.map(line('+')));
  }
  if (difference !== null) {
    const { kind, event, ours: a, kernel: b } = difference;
    lines.push(`  ${kind} after event ${event} at ${at(difference.at)}: ours ${a}; kernel ${b}`);
  }
  return lines.join('\n');
}
