import type { InitializeHook, LoadHook } from 'node:module';
import { MUTANTS, type Mutant } from './catalogue.js';

let mutant: Mutant;

/** Is told which mutant to make. */
export const initialize: InitializeHook<number> = (index) => {
  mutant = MUTANTS[index];
};

/** Gives the module of the mutant broken, and all others as they are. */
export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  if (!url.endsWith(`/layers/dist/tcp/${mutant.file}`)) return loaded;
  const source = String(loaded.source);
  const places = source.split(mutant.from).length - 1;
  if (places !== 1) throw new Error(`"${mutant.from}" stands ${places} times in ${mutant.file}: change the mutant`);
  return { ...loaded, source: source.replace(mutant.from, () => mutant.to) };
};
