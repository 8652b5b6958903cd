import { fail, type Place } from '../errors.js';
import type { LayerBinding } from '../layer.js';
import type { Problems } from '../manifest/problems.js';

/** A layer as the order sees it: its declaration, and where the manifest names it. */
export interface GraphLayer {
  readonly name: string;
  readonly over: readonly LayerBinding[];
  readonly place?: Place;
}

/**
 * Checks what layers declare against each other and puts the lowest first; where the declarations leave it open, in
 * the order given. Problems: STACK_LAYER_TWICE, STACK_LOWER_MISSING, LAYER_KEY_TAKEN, STACK_LAYER_CYCLE.
 */
export function orderLayers<L extends GraphLayer>(layers: readonly L[], problems: Problems): L[] {
  const byName = new Map<string, L>();
  for (const each of layers) {
    if (byName.has(each.name)) problems.add(fail('STACK_LAYER_TWICE', { layer: each.name }, each.place));
    else byName.set(each.name, each);
  }
  const unique = [...byName.values()];
  const lowers = (each: L) => each.over.flatMap(({ layer }) => byName.get(layer) ?? []);
  for (const each of unique) {
    if (each.over.length === 0 || lowers(each).length > 0) continue;
    const said = each.over.map(({ layer, key }) => (key === undefined ? `"${layer}"` : `"${layer}" (key ${key})`));
    const names = each.over.map(({ layer }) => `"${layer}"`);
    const values = { upper: each.name, lowers: said.join(' or '), names: names.join(' or ') };
    problems.add(fail('STACK_LOWER_MISSING', values, each.place));
  }
  checkKeys(unique, byName, problems);
  return sort(unique, lowers, problems);
}

/** No two layers may be found under one key of a third. */
function checkKeys<L extends GraphLayer>(layers: readonly L[], byName: ReadonlyMap<string, L>, problems: Problems) {
  const taken = new Map<string, L>();
  for (const each of layers) {
    for (const { layer: lower, key } of each.over) {
      if (key === undefined || !byName.has(lower)) continue;
      const first = taken.get(`${lower} ${key}`);
      if (first === undefined) taken.set(`${lower} ${key}`, each);
      else problems.add(fail('LAYER_KEY_TAKEN', { first: first.name, second: each.name, key, lower }, each.place));
    }
  }
}

function sort<L extends GraphLayer>(layers: readonly L[], lowers: (each: L) => L[], problems: Problems): L[] {
  const sorted: L[] = [];
  const left = [...layers];
  while (left.length > 0) {
    const at = left.findIndex((each) => lowers(each).every((lower) => sorted.includes(lower)));
    if (at >= 0) {
      sorted.push(...left.splice(at, 1));
      continue;
    }
    const circle = findCircle(left, lowers);
    const names = [...circle, circle[0]].map((each) => `"${each.name}"`).join(' over ');
    problems.add(fail('STACK_LAYER_CYCLE', { cycle: names }, circle[0].place));
    return [...sorted, ...left];
  }
  return sorted;
}

/** Walking down from any layer that is left must come round: each has a lower one that is left, too. */
function findCircle<L extends GraphLayer>(left: readonly L[], lowers: (each: L) => L[]): L[] {
  const walked: L[] = [];
  let each = left[0];
  while (!walked.includes(each)) {
    walked.push(each);
    each = lowers(each).find((lower) => left.includes(lower)) as L;
  }
  const circle = walked.slice(walked.indexOf(each));
  // Told from the one that the manifest names first.
  const first = circle.reduce((a, b) => (left.indexOf(b) < left.indexOf(a) ? b : a));
  const at = circle.indexOf(first);
  return [...circle.slice(at), ...circle.slice(0, at)];
}
