import type { Setting } from '@netwright/core';
import { readManifest } from '../manifest-file.js';
import { type Impairment, impairmentsOf } from './impairments.js';
import { type Finding, type TrialSetup, Trials } from './trial.js';

/** How often a share is halved. */
const HALVINGS = 4;

/** A failure with as little around it as it needs. */
export interface Minimal {
  readonly finding: Finding;
  /** What was changed in the manifest, on top of the sweep's own settings. */
  readonly settings: readonly Setting[];
  /** The impairments that are left. */
  readonly needed: readonly string[];
}

/**
 * Takes impairments away, one by one, as long as the seed goes on failing in the same way; then makes the shares of
 * those that are left smaller.
 * @returns null where the seed does not fail here.
 */
export async function minimise(setup: TrialSetup, seed: number): Promise<Minimal | null> {
  const failing = async (settings: readonly Setting[]): Promise<Finding | null> => {
    const trials = await Trials.open({ ...setup, settings: [...setup.settings, ...settings] });
    return (await trials.run(seed)).findings[0] ?? null;
  };
  let finding = await failing([]);
  if (finding === null) return null;
  const { code } = finding;
  let needed = impairmentsOf(await readManifest(setup.file, setup.settings));
  let settings: Setting[] = [];
  const attempt = async (more: readonly Setting[]): Promise<boolean> => {
    const found = await failing([...settings, ...more]);
    if (found?.code !== code) return false;
    finding = found;
    settings = [...settings, ...more];
    return true;
  };

  if (needed.length > 1 && (await attempt(needed.map(({ off }) => off)))) needed = [];
  // What could not go while others were there may go now: until nothing goes any more.
  for (let before = -1; before !== needed.length; ) {
    before = needed.length;
    const kept: Impairment[] = [];
    for (const each of needed) if (!(await attempt([each.off]))) kept.push(each);
    needed = kept;
  }
  for (const { path, share } of needed) {
    if (share === null) continue;
    for (let i = 1; i <= HALVINGS; i++) {
      const smaller = String(Number((share / 2 ** i).toPrecision(3)));
      if (!(await attempt([[path, smaller]]))) break;
    }
  }
  return { finding, settings: lastOfEach(settings), needed: needed.map(({ path }) => path) };
}

/** Of settings of one path the last one counts. */
function lastOfEach(settings: readonly Setting[]): Setting[] {
  return [...new Map(settings)].map(([path, value]): Setting => [path, value]);
}
