import type { Setting } from '@netwright/core';
import type { TrialSetup } from './trial.js';

/** One command that runs a trial once more: `netwright run lab.yaml --seed 17 --check --set links.0.loss=0`. */
export function replayCommandLine(
  { file, settings, until }: TrialSetup,
  seed: number,
  more: readonly Setting[],
): string {
  const words = ['netwright', 'run', file, '--seed', String(seed), '--check'];
  if (until !== null) words.push('--until', `${until}ms`);
  // Of settings of one path the last one counts.
  for (const [path, value] of new Map([...settings, ...more])) words.push('--set', `${path}=${value}`);
  return words.map(quoted).join(' ');
}

/** As a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
